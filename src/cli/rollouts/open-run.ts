import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { queryStatus } from './read-rollout.ts';
import { isWorkerAway } from './unanswered.ts';

/** The run that a verb is for, as it was when the command looked. */
export interface OpenRun {
  workflowId: string;
  runId: string;
  /** Its rollout ID; absent where no worker answered and nobody named it. */
  runRef?: string;
  /** Weight of the stage that is open, undefined between stages; absent where no worker answered. */
  open?: { stage: number | undefined };
}

/** `runRef` is the one that a person named, if they did. */
export async function readOpenRun(
  client: Client,
  { workflowId, runId }: Pick<WorkflowExecutionDescription, 'workflowId' | 'runId'>,
  runRef?: string,
): Promise<OpenRun> {
  const run = { workflowId, runId, ...(runRef !== undefined && { runRef }) };
  try {
    const { rolloutId, stages } = await queryStatus(client, workflowId);
    const stage = stages.find(({ state }) => state === 'active')?.weight;
    return { runRef: rolloutId, ...run, open: { stage } };
  } catch (error) {
    if (!isWorkerAway(error)) throw error;
    return run;
  }
}
