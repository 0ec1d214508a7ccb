import type { Client } from '@temporalio/client';
import { statusQuery } from '../../contracts/kernel/messages.ts';
import { workerAnswerMs } from './unanswered.ts';

/** Asks the run itself: needs a live worker. */
export function queryStatus<Status>(
  client: Client,
  workflowId: string,
  answerWithinMs = workerAnswerMs,
): Promise<Status> {
  return client.withDeadline(Date.now() + answerWithinMs, () =>
    client.workflow.getHandle(workflowId).query<Status>(statusQuery),
  );
}
