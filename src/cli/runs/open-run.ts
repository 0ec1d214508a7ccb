import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { describeRun } from '../../adapters/temporal/describe-run.ts';
import type { RolloutStatus } from '../../contracts/rollouts/status.ts';
import { workflowIdOf, type Lock } from '../../kinds/locks.ts';
import type { Connections } from '../connections.ts';
import { queryStatus } from './query-status.ts';
import type { RunStatus } from '../../contracts/kernel/run.ts';
import { isWorkerAway } from './unanswered.ts';

/** The run that is open under this ID, if one is. */
export async function openRunUnder(
  run: Lock,
  to: Connections,
): Promise<WorkflowExecutionDescription | undefined> {
  const found = await describeRun(await to.temporal(), workflowIdOf(run, run));
  return found?.status.name === 'RUNNING' ? found : undefined;
}

/** The run that a verb is for, as it was when the command looked. */
export interface OpenRun {
  workflowId: string;
  runId: string;
  /** What messages to it name; absent where no worker answered and nobody named it. */
  runRef?: string;
  /** Weight of the stage that is open, undefined between stages; absent where no worker answered. */
  open?: { stage: number | undefined };
}

type AnyStatus = Partial<Pick<RunStatus, 'runRef'> & Pick<RolloutStatus, 'rolloutId' | 'stages'>>;

/** `named` is the `runRef` that a person gave, if they did. */
export async function readOpenRun(
  client: Client,
  { workflowId, runId }: Pick<WorkflowExecutionDescription, 'workflowId' | 'runId'>,
  named?: string,
): Promise<OpenRun> {
  const run = { workflowId, runId, ...(named !== undefined && { runRef: named }) };
  try {
    const status = await queryStatus<AnyStatus>(client, workflowId);
    const { rolloutId, runRef = rolloutId, stages = [] } = status;
    const stage = stages.find(({ state }) => state === 'active')?.weight;
    return { ...(runRef !== undefined && { runRef }), ...run, open: { stage } };
  } catch (error) {
    if (!isWorkerAway(error)) throw error;
    return run;
  }
}
