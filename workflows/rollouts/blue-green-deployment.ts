import type { DeployRequest } from '../../src/contracts/kernel/messages.ts';
import type { RolloutReport } from '../../src/contracts/rollouts/report.ts';
import { stagesOf } from '../../src/policies/rollouts/plan.ts';
import type { BlueGreenSpec } from '../../src/specs/rollouts/blue-green.ts';
import { awaitApproval } from './support/await-approval.ts';
import { enterStage, leaveStage, pendingStage, routeTo } from './support/canary-stage.ts';
import { commitPromotion, inFull } from './support/commit-promotion.ts';
import { endOfPromotion, noteFirstRelease } from './support/end-of-promotion.ts';
import { holdStage } from './support/hold-stage.ts';
import { keepOldColour, prepareGreen } from './support/green.ts';
import { armUndoOfCanary, beside, openRollout, takeService } from './support/open-rollout.ts';
import { refuseSameRelease } from './support/refuse-same-release.ts';
import { resolveSpec } from '../kernel/resolve-spec.ts';
import { runRollout } from '../kernel/run-rollout.ts';
import { trackRollout } from '../kernel/track-rollout.ts';

/** Starts the new colour beside the live one, tests it, switches to it, and switches back if it fails. */
export async function blueGreenDeployment(
  input: unknown,
  request?: DeployRequest,
): Promise<RolloutReport> {
  const rollout = trackRollout('blueGreen', input, request);

  return runRollout(rollout, async () => {
    const { spec, settings } = await resolveSpec('blueGreen', input);
    const service = await openRollout(
      rollout,
      spec,
      settings,
      beside(spec.release, spec.readiness),
    );
    const { acts, found } = service;
    refuseSameRelease(found, spec.release);

    const isFirstRelease = found.stable === undefined;
    if (isFirstRelease) noteFirstRelease(rollout);
    const switched = stagesOf(isFirstRelease ? { ...spec, watchMs: 0 } : spec);
    rollout.plan(spec.release.version, switched.map(pendingStage), spec.analysis);

    await takeService(rollout, service);
    armUndoOfCanary(rollout, service);

    for (const watched of switched) {
      const stage = enterStage(rollout, acts, spec, { ...watched, ...approvalOf(spec) }, settings);
      await prepareGreen(rollout, acts, spec);
      await awaitApproval(rollout, stage);
      rollout.enterPhase('preparing', `Switching to ${spec.release.version}`);
      await routeTo(rollout, stage, 100);
      await holdStage(rollout, stage, spec);
      if (!isFirstRelease) await keepOldColour(rollout, spec.keepMs);
      leaveStage(rollout, stage);
    }

    await commitPromotion(rollout, service, inFull(spec));
    return endOfPromotion(rollout, isFirstRelease, 'is live and passed its watch');
  });
}

function approvalOf({ approval }: Pick<BlueGreenSpec, 'approval'>) {
  return approval === undefined ? {} : { approval };
}
