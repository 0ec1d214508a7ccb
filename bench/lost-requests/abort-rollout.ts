import type { WorkflowHandle } from '@temporalio/client';
import { statusQuery, type VerbInput } from '../../src/contracts/kernel/messages.ts';
import type { RolloutStatus } from '../../src/contracts/rollouts/status.ts';
import type { RolloutPhase } from '../../src/kinds/rollout-phases.ts';
import { until } from '../measures/until.ts';
import type { Callers } from './callers.ts';

/** Enough to be sure that the canary is under load. */
const answersBefore = 20;
const pollMs = 50;

/** Aborts in this phase, under load; returns when the response came, in milliseconds since the epoch. */
export async function abortRollout(
  handle: WorkflowHandle,
  callers: Callers,
  phase: RolloutPhase,
): Promise<number> {
  const isThere = async () => {
    const status = await handle.query<RolloutStatus>(statusQuery).catch(() => undefined);
    if (status?.phase === 'closed') throw new Error(`it ended before it was ${phase}`);
    return status?.phase === phase && callers.canaryAnswers >= answersBefore;
  };
  await until(`${handle.workflowId} is ${phase} under load`, isThere, pollMs);
  const args: [VerbInput] = [{ by: 'bench', why: 'to see whether a request is lost' }];
  await handle.executeUpdate('abort', { args });
  return Date.now();
}
