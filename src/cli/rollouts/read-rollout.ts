import {
  WorkflowNotFoundError,
  type Client,
  type WorkflowExecutionDescription,
} from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { statusQuery } from '../../contracts/messages.ts';
import type { RolloutStatus } from '../../contracts/status.ts';
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

/** The arguments that a run was started with. */
export async function readStartArguments(
  client: Client,
  workflowId: string,
  runId: string,
): Promise<unknown[]> {
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace: client.options.namespace,
    execution: { workflowId, runId },
    maximumPageSize: 1,
  });
  const started = history?.events?.[0]?.workflowExecutionStartedEventAttributes;
  return (started?.input?.payloads ?? []).map((payload) =>
    defaultPayloadConverter.fromPayload(payload),
  );
}
