import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { raiseRetention } from '../adapters/temporal/retention.ts';
import { ensureSearchAttributes } from '../adapters/temporal/search-attributes.ts';

const retentionMs = 30 * 86_400_000;

interface NamespaceOnServer {
  address: string;
  namespace: string;
  readyWithinMs: number;
}

/** Waits until the server knows the namespace, then sets its retention and search attributes. */
export async function prepareNamespace(wanted: NamespaceOnServer): Promise<void> {
  const connection = await connectOnceServing(wanted);
  try {
    await raiseRetention(connection, wanted.namespace, retentionMs);
    await ensureSearchAttributes(connection, wanted.namespace);
  } finally {
    await connection.close();
  }
}

async function connectOnceServing(wanted: NamespaceOnServer): Promise<Connection> {
  const { address, namespace, readyWithinMs } = wanted;
  const deadline = performance.now() + readyWithinMs;
  const connection = Connection.lazy({ address });
  for (;;) {
    try {
      await connection.withDeadline(Date.now() + 1_000, () =>
        connection.workflowService.describeNamespace({ namespace }),
      );
      return connection;
    } catch (error) {
      if (performance.now() > deadline) {
        await connection.close();
        throw error;
      }
      await sleep(50);
    }
  }
}
