import { CancellationScope, CancelledFailure, rootCause } from '@temporalio/workflow';
import type { Release, ReadinessSpec } from '../../src/specs/release.ts';
import type { OpenRollout } from './open-rollout.ts';
import type { Rollout } from './rollout.ts';
import type { ServiceActs } from './service-acts.ts';

/** A release to run in full: by how many replicas, and how long they may take. */
export interface FullRelease {
  release: Release;
  replicas: number;
  readiness: ReadinessSpec;
}

/** Runs a release beside stable until it is ready and has all traffic; nothing is final yet. */
export async function bringUpInFull(acts: ServiceActs, full: FullRelease): Promise<void> {
  await acts.scaleCanary(full);
  await acts.awaitCanaryReady(full.replicas, Date.now() + full.readiness.deadlineMs);
  await acts.setWeight(100);
}

/**
 * The commit point: the canary, which has all traffic, becomes stable. Past it nothing is undone
 * any more. Before it is known to have happened, the undo claims the service anew, so that a late
 * promotion is refused from there on, and looks whether it did happen.
 */
export async function commitPromotion(
  rollout: Rollout,
  { found, acts, undoActs }: OpenRollout,
  { release, readiness }: FullRelease,
): Promise<void> {
  stopIfAskedTo();
  const { stable } = found;
  rollout.undo.add('bring the previous release back', async () => {
    const present = await undoActs.claim(rollout.status.workflowId);
    if (stable === undefined || present.stable?.release.version !== release.version) return;
    await bringUpInFull(undoActs, { release: stable.release, replicas: stable.wanted, readiness });
    await undoActs.promoteCanary();
  });
  rollout.say('promoting', `Promoting ${release.version} to stable`);
  await CancellationScope.nonCancellable(async () => {
    await acts.promoteCanary();
    rollout.undo.disarm();
    await letGo(rollout, acts);
  });
}

/** The act that was under way when it was asked to stop may have ended well all the same. */
function stopIfAskedTo(): void {
  if (CancellationScope.current().consideredCancelled) {
    throw new CancelledFailure('asked to stop before the promotion');
  }
}

/** The release is in place, so this cannot spoil it; the janitor does it if it is not done here. */
async function letGo(rollout: Rollout, acts: ServiceActs): Promise<void> {
  try {
    await acts.letGo();
  } catch (error) {
    rollout.notes.push(`The service is still claimed: ${rootCause(error) ?? String(error)}`);
  }
}
