import {
  WorkflowNotFoundError,
  type Client,
  type WorkflowExecutionDescription,
} from '@temporalio/client';
import { statusQuery } from '../../contracts/kernel/messages.ts';
import type { RolloutStatus } from '../../contracts/rollouts/status.ts';
import { workerAnswerMs } from './unanswered.ts';

/** Asks the rollout itself: needs a live worker. */
export async function queryStatus(
  client: Client,
  workflowId: string,
  answerWithinMs = workerAnswerMs,
): Promise<RolloutStatus> {
  return client.withDeadline(Date.now() + answerWithinMs, () =>
    client.workflow.getHandle(workflowId).query<RolloutStatus>(statusQuery),
  );
}

/** What Temporal knows of the newest run, with or without a worker. */
export async function describeRollout(
  client: Client,
  workflowId: string,
): Promise<WorkflowExecutionDescription | undefined> {
  try {
    return await client.workflow.getHandle(workflowId).describe();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}
