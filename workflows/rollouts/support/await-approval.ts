import { ApplicationFailure, condition } from '@temporalio/workflow';
import { failureTypes } from '../../../src/contracts/kernel/failures.ts';
import { formatDuration } from '../../../src/specs/kernel/duration.ts';
import type { OpenStage } from './hold-stage.ts';
import { failOn } from './hold-stage.ts';
import { putBackOnce } from './note-changes.ts';
import type { Rollout } from '../../kernel/rollout.ts';

/** Keeps watching and waits until someone with permission approves. A rejection interrupts the rollout elsewhere. */
export async function awaitApproval(rollout: Rollout, stage: OpenStage): Promise<void> {
  const { approval, weight } = stage.spec;
  if (approval === undefined) return;
  const { limit, by } = approval;
  const untilMs = limit && Date.now() + limit.timeoutMs;
  stage.status.needsApproval = { by, ...(untilMs !== undefined && { until: untilMs }) };
  rollout.approvedBy = undefined;
  rollout.enterPhase(
    'awaiting-approval',
    `Waiting for approval at ${weight} % by ${by.join(' or ') || 'anyone'}`,
  );

  while (rollout.approvedBy === undefined) {
    stage.watch.watchUntil(undefined);
    const somethingHappened = () => stage.watch.hasOutcome() || rollout.approvedBy !== undefined;
    const leftMs = untilMs && untilMs - Date.now();
    const cameInTime =
      leftMs === undefined
        ? await condition(somethingHappened).then(() => true)
        : await condition(somethingHappened, Math.max(1, leftMs), { summary: 'approval' });
    if (!cameInTime && limit !== undefined) {
      const waited = `nobody approved ${weight} % within ${formatDuration(limit.timeoutMs)}`;
      if (limit.onTimeout === 'abort')
        throw ApplicationFailure.nonRetryable(waited, failureTypes.notApproved);
      rollout.approvedBy = `the approval's timeout: ${waited}`;
    }
    const outcome = stage.watch.takeOutcome();
    if (outcome === undefined) continue;
    failOn(stage, outcome);
    await putBackOnce(rollout, stage.acts, outcome);
  }
  stage.status.approvedBy = rollout.approvedBy;
  delete stage.status.needsApproval;
}
