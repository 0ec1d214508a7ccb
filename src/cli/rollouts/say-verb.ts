import type { Client } from '@temporalio/client';
import type { Verb, VerbInput, VerbReceipt } from '../../contracts/messages.ts';
import { isWorkerAway, workerAnswerMs } from './unanswered.ts';

export type Said =
  | { answered: true; receipt: VerbReceipt }
  /** Recorded as a signal: it will be acted on when a worker is back. */
  | { answered: false };

/** Says it as an update, for the answer's sake; where no worker answers, leaves it as a signal. */
export async function sayVerb(
  client: Client,
  workflowId: string,
  verb: Verb,
  input: VerbInput,
): Promise<Said> {
  const handle = client.workflow.getHandle(workflowId);
  try {
    const receipt = await client.withDeadline(Date.now() + workerAnswerMs, () =>
      handle.executeUpdate<VerbReceipt, [VerbInput]>(verb, { args: [input] }),
    );
    return { answered: true, receipt };
  } catch (error) {
    if (!isWorkerAway(error)) throw error;
    await handle.signal<[VerbInput]>(verb, input);
    return { answered: false };
  }
}
