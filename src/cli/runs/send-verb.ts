import type { Client } from '@temporalio/client';
import type { VerbInput, VerbReceipt } from '../../contracts/kernel/messages.ts';
import type { OpenRun } from './open-run.ts';
import { isWorkerAway, workerAnswerMs } from './unanswered.ts';

export type SentVerb =
  | { answered: true; receipt: VerbReceipt }
  /** Recorded as a signal: it will be acted on when a worker is back. */
  | { answered: false };

/**
 * Sends a verb to one run: as an update, for the answer's sake; where no worker answers, as a
 * signal. A run that supersedes this one refuses or never receives it.
 */
export async function sendVerb(
  client: Client,
  { workflowId, runId, runRef }: OpenRun,
  verb: string,
  given: VerbInput,
): Promise<SentVerb> {
  if (runRef === undefined) {
    await client.workflow.getHandle(workflowId, runId).signal<[VerbInput]>(verb, given);
    return { answered: false };
  }
  const input: VerbInput = { ...given, runRef };
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
