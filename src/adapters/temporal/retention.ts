import type { Connection } from '@temporalio/client';
import { msToTs, tsToMs } from '@temporalio/common/lib/time.js';

/** The minimum retention of closed workflows; a namespace with a longer one is not changed. */
export async function raiseRetention(
  connection: Connection,
  namespace: string,
  retentionMs: number,
): Promise<void> {
  const { config } = await connection.workflowService.describeNamespace({ namespace });
  const present = config?.workflowExecutionRetentionTtl;
  if (present && tsToMs(present) >= retentionMs) return;
  await connection.workflowService.updateNamespace({
    namespace,
    config: { workflowExecutionRetentionTtl: msToTs(retentionMs) },
  });
}
