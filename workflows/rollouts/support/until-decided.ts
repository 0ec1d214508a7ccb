import { condition } from '@temporalio/workflow';
import type { WaitLimit } from '../../../src/specs/rollouts/stage.ts';
import { decisionOfNobody, recordOutcome, throwIfFailed, type OpenStage } from './hold-stage.ts';
import { putBackOnce } from './note-changes.ts';
import type { Rollout } from './rollout.ts';

/**
 * Waits until a person promotes the stage, although too little is known of it. It is watched meanwhile,
 * and its metrics may still undo it.
 */
export async function untilDecided(
  rollout: Rollout,
  stage: OpenStage,
  why: string,
  limit?: WaitLimit,
): Promise<void> {
  const { monitor } = stage;
  const { decisions } = rollout.inbox;
  const untilMs = limit && Date.now() + limit.timeoutMs;
  rollout.enterPhase('inconclusive', `Inconclusive ${why}. Promote or abort`);
  let decision = decisions.value;
  while (decision === undefined) {
    monitor.watchUntil(undefined);
    const hasNews = () => decisions.value !== undefined || monitor.hasOutcome();
    const isInTime =
      untilMs === undefined
        ? await condition(hasNews).then(() => true)
        : await condition(hasNews, Math.max(1, untilMs - Date.now()), { summary: 'a decision' });
    decision = decisions.value;
    if (!isInTime && limit !== undefined) decision ??= decisionOfNobody(limit);
    const outcome = monitor.takeOutcome();
    if (outcome === undefined) continue;
    recordOutcome(rollout, stage, outcome);
    throwIfFailed(stage, outcome);
    await putBackOnce(rollout, stage.service, outcome);
  }
  stage.status.note = `promoted by ${decision.by}`;
}
