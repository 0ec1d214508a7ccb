import type { Client } from '@temporalio/client';
import type { VerbInput, VerbReceipt } from '../../src/contracts/kernel/messages.ts';
import { followHistory } from '../measures/follow-history.ts';
import { StepReader } from '../measures/steps.ts';

/** From the update that promotes until its effect, in milliseconds. */
export interface StepLatency {
  /** The update was answered. */
  answeredMs: number;
  /** The platform confirmed the next stage's weight. */
  routedMs: number;
  /** The next stage was in its hold. */
  heldMs: number;
}

/**
 * Promotes the stage with this weight, which is the rollout's `nth` (from 1), and waits for the hold of
 * the next. Times of the rollout are the server's, on the same machine as the caller.
 */
export async function promoteStage(
  client: Client,
  workflowId: string,
  { weight, nth }: { weight: number; nth: number },
): Promise<StepLatency> {
  const sentAtMs = Date.now();
  await client.workflow
    .getHandle(workflowId)
    .executeUpdate<VerbReceipt, [VerbInput]>('promote', { args: [{ by: 'bench', stage: weight }] });
  const answeredMs = Date.now() - sentAtMs;

  const steps = new StepReader();
  let seen = 0;
  for await (const event of followHistory(client, workflowId)) {
    const step = steps.read(event);
    if (step === undefined) continue;
    seen += 1;
    if (seen > nth) {
      return {
        answeredMs,
        routedMs: step.routedAtMs - sentAtMs,
        heldMs: step.heldAtMs - sentAtMs,
      };
    }
  }
  throw new Error(`${workflowId} ended before the stage after ${weight} % was held`);
}
