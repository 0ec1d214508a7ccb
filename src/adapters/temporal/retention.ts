import type { Connection } from '@temporalio/client';
import { msToTs, tsToMs } from '@temporalio/common/lib/time.js';

/** Keeps closed workflows at least this long; a namespace that keeps them longer is left alone. */
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
