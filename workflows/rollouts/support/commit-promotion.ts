import { CancellationScope, CancelledFailure } from '@temporalio/workflow';
import { failureTypes } from '../../../src/contracts/kernel/failures.ts';
import type { CanaryRequest } from '../../../src/contracts/rollouts/platform.ts';
import { replicasAtWeight } from '../../../src/policies/rollouts/plan.ts';
import type { BlueGreenSpec } from '../../../src/specs/rollouts/blue-green.ts';
import type { CanarySpec } from '../../../src/specs/rollouts/canary.ts';
import { awaitPerson, despiteDrift, hasFailedAs } from './await-person.ts';
import { noteReleased, noteRewritten } from './note-changes.ts';
import type { OpenService } from './open-service.ts';
import type { Rollout } from './rollout.ts';
import type { ServiceActs } from './service-acts.ts';
import { reasonOf } from '../../kernel/reason-of.ts';

/** The release of a spec with as many replicas as carry all traffic. */
export function inFull(spec: CanarySpec | BlueGreenSpec): CanaryRequest {
  const { release, readiness } = spec;
  return { release, readiness, replicas: replicasAtWeight(100, spec) };
}

/**
 * The commit point: the canary, which has all traffic, becomes stable. Until it has, the undo
 * claims the service anew, so that a late promotion is refused from there on, takes back one that
 * is under way, and brings the previous release back where it had come to its end.
 */
export async function commitPromotion(
  rollout: Rollout,
  { found, acts }: OpenService,
  full: CanaryRequest,
): Promise<void> {
  stopIfAskedTo();
  const { release } = full;
  rollout.undo.arm(
    'bring the previous release back',
    'bringPreviousBack',
    full,
    found.stable?.release,
  );
  rollout.enterPhase('promoting', `Promoting ${release.version} to stable`);
  const progress = await despiteDrift(rollout, acts, () =>
    CancellationScope.nonCancellable(async () => {
      const made = await acts.promoteCanary();
      if (made === 'done') await conclude(rollout, acts);
      return made;
    }),
  );
  if (progress === 'done') return;
  giveWayToSuccessor(rollout);
  stopIfAskedTo();
  await despiteDrift(rollout, acts, async () => {
    await untilStableTookOver(rollout, acts, full);
    rollout.enterPhase(
      'promoting',
      `Routing all traffic to stable, which has ${release.version} now`,
    );
    await CancellationScope.nonCancellable(async () => {
      await acts.settlePromotion();
      await conclude(rollout, acts);
    });
  });
}

/** The release that took its place stays: the previous one cannot be brought back by an undo any more. */
export async function commitReplacement(rollout: Rollout, acts: ServiceActs): Promise<void> {
  stopIfAskedTo();
  rollout.enterPhase('promoting', `Finalizing ${rollout.status.version}`);
  await despiteDrift(rollout, acts, () =>
    CancellationScope.nonCancellable(async () => {
      await acts.settlePromotion();
      await conclude(rollout, acts);
    }),
  );
}

/**
 * Stable takes over what the canary already serves. If it cannot, because of capacity, an image or a
 * quota, the canary keeps serving and a person is asked.
 */
async function untilStableTookOver(
  rollout: Rollout,
  acts: ServiceActs,
  { release, readiness }: CanaryRequest,
): Promise<void> {
  for (;;) {
    rollout.enterPhase(
      'taking-over',
      `Stable takes over ${release.version} while the canary serves it`,
    );
    try {
      const { deadlineMs } = readiness;
      noteRewritten(
        rollout,
        await acts.awaitStableComplete(Date.now() + deadlineMs, release.version),
      );
      return;
    } catch (error) {
      if (!hasFailedAs(error, failureTypes.notReady)) throw error;
      await awaitPerson(
        rollout,
        `${reasonOf(error)}. The canary keeps serving ${release.version}. Fix the cause and retry, or abort`,
      );
      await rollout.rereadSettings();
    }
  }
}

/** A newer release that was accepted at the commit point does not wait until stable has taken this one over. */
function giveWayToSuccessor(rollout: Rollout): void {
  if (rollout.successor === undefined || rollout.interruption !== undefined) return;
  rollout.interrupt({ outcome: 'Superseded', reason: 'Superseded by a newer release' });
}

/** The act that was in progress when the rollout was asked to stop may still have succeeded. */
function stopIfAskedTo(): void {
  if (CancellationScope.current().consideredCancelled) {
    throw new CancelledFailure('asked to stop before the promotion');
  }
}

/** From here on nothing is undone. */
async function conclude(rollout: Rollout, acts: ServiceActs): Promise<void> {
  rollout.undo.disarm();
  await letGo(rollout, acts);
}

/** The release is in place, so a failure here does no harm; the janitor releases the service then. */
async function letGo(rollout: Rollout, acts: ServiceActs): Promise<void> {
  try {
    noteReleased(rollout, await acts.letGo());
  } catch (error) {
    rollout.notes.push(`The service is still claimed: ${reasonOf(error)}`);
  }
}
