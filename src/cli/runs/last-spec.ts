import { describeRun } from '../../adapters/temporal/describe-run.ts';
import { readStart } from '../../adapters/temporal/read-start.ts';
import { workflowIdOf, type Lock } from '../../kinds/locks.ts';
import type { AnyKind } from '../../kinds/kind.ts';
import type { Connections } from '../connections.ts';
import { reportFilter } from './report-filter.ts';

/** The spec of the newest run as it was written: from Temporal, else from the ledger. */
export async function lastSpecOf(
  run: Lock,
  kinds: readonly AnyKind[],
  to: Connections,
): Promise<unknown> {
  const client = await to.temporal();
  const workflowId = workflowIdOf(run, run);
  const found = await describeRun(client, workflowId);
  if (found) {
    const { input } = await readStart(client, { workflowId, runId: found.runId });
    const [asWritten] = input;
    if (asWritten !== undefined) return asWritten;
  }
  const [newest] = await to.ledger.list({ ...reportFilter(run, {}, kinds), limit: 1 });
  return newest?.spec;
}
