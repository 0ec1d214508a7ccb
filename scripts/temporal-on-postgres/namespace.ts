import { setTimeout as sleep } from 'node:timers/promises';
import { Connection, isGrpcServiceError } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';

const retentionMs = 30 * 86_400_000;
const answerMs = 2_000;
const knownWithinMs = 30_000;
const grpcAlreadyExists = 6;

export async function serves(address: string): Promise<boolean> {
  const connection = Connection.lazy({ address });
  try {
    await connection.withDeadline(Date.now() + answerMs, () =>
      connection.workflowService.getSystemInfo({}),
    );
    return true;
  } catch {
    return false;
  } finally {
    await connection.close();
  }
}

/** A new server has no namespace. Workers register what Belay needs in it. */
export async function ensureNamespace(address: string, namespace: string): Promise<void> {
  const connection = Connection.lazy({ address });
  try {
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: msToTs(retentionMs),
    });
    await untilKnown(connection, namespace);
  } catch (error) {
    const exists = isGrpcServiceError(error) && Number(error.code) === grpcAlreadyExists;
    if (!exists) throw error;
  } finally {
    await connection.close();
  }
}

/** Servers read the list of namespaces every few seconds. */
async function untilKnown({ workflowService }: Connection, namespace: string): Promise<void> {
  const deadline = performance.now() + knownWithinMs;
  for (;;) {
    try {
      await workflowService.listWorkflowExecutions({ namespace, pageSize: 1 });
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(100);
    }
  }
}
