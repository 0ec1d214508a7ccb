import { describeRun } from '../../adapters/temporal/describe-run.ts';
import { listedRun } from '../../adapters/temporal/list-runs.ts';
import type { RunStatus } from '../../contracts/kernel/run.ts';
import { workflowIdOf, type Lock } from '../../kinds/locks.ts';
import type { Connections } from '../connections.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import { withActProgress } from './act-progress.ts';
import { queryStatus } from './query-status.ts';
import { readRunEnd, type RunEnd } from './run-end.ts';
import { isWorkerAway } from './unanswered.ts';
import { missingWorker } from './worker-version.ts';

/** The open run under a workflow ID, or how the last one ended. */
export type KnownRun = { run: RunStatus; end?: never } | { run?: never; end: RunEnd };

export async function readKnownRun(run: Lock, to: Connections): Promise<KnownRun> {
  const workflowId = workflowIdOf(run, run);
  const client = await to.temporal();
  const found = await describeRun(client, workflowId);
  if (found === undefined) {
    throw new CliFailure(
      exitCodes.badInput,
      `Nothing is known of ${workflowId}. See what there is with: belay list`,
    );
  }
  if (found.status.name !== 'RUNNING') return { end: await readRunEnd(client, found) };
  try {
    const status = await queryStatus<RunStatus>(client, workflowId);
    return { run: await withActProgress(status, found, client.options.loadedDataConverter) };
  } catch (error) {
    if (!isWorkerAway(error)) throw error;
    throw new CliFailure(
      exitCodes.unreachable,
      `${workflowId} is open (last known: ${listedRun(found).phase}), but ${missingWorker(found)}`,
      { cause: error },
    );
  }
}
