import type { DeployRequest } from '../../src/contracts/kernel/messages.ts';
import type { RolloutReport } from '../../src/contracts/rollouts/report.ts';
import { stagesOf } from '../../src/policies/rollouts/plan.ts';
import type { BlueGreenSpec } from '../../src/specs/rollouts/blue-green.ts';
import { awaitStageApproval } from './support/await-approval.ts';
import { enterStage, leaveStage, pendingStage, routeTo } from './support/canary-stage.ts';
import { commitPromotion, inFull } from './support/commit-promotion.ts';
import { endOfPromotion, noteFirstRelease } from './support/end-of-promotion.ts';
import { holdStage } from './support/hold-stage.ts';
import { keepOldColour, prepareGreen } from './support/green.ts';
import { armUndoOfCanary, beside, claimService, openService } from './support/open-service.ts';
import { refuseSameRelease } from './support/refuse-same-release.ts';
import { runRollout } from './support/run-rollout.ts';

/** Starts the new colour beside the live one, tests it, switches to it, and switches back if it fails. */
export async function blueGreenDeployment(
  input: unknown,
  request?: DeployRequest,
): Promise<RolloutReport> {
  return runRollout('blueGreen', input, request, async (rollout, spec) => {
    const service = await openService(rollout, spec, beside(spec.release, spec.readiness));
    const { found } = service;
    refuseSameRelease(found, spec.release);

    const isFirstRelease = found.stable === undefined;
    if (isFirstRelease) noteFirstRelease(rollout);
    const switched = stagesOf(isFirstRelease ? { ...spec, watchMs: 0 } : spec);
    rollout.plan(spec.release.version, switched.map(pendingStage), spec.analysis);

    await claimService(rollout, service);
    armUndoOfCanary(rollout);

    for (const watched of switched) {
      const stage = enterStage(rollout, service, spec, { ...watched, ...approvalOf(spec) });
      await prepareGreen(rollout, service, spec);
      await awaitStageApproval(rollout, stage);
      rollout.enterPhase('preparing', `Switching to ${spec.release.version}`);
      await routeTo(rollout, stage, 100);
      await holdStage(rollout, stage, spec);
      if (!isFirstRelease) await keepOldColour(rollout, stage, spec.keepMs);
      leaveStage(rollout, stage);
    }

    await commitPromotion(rollout, service, inFull(spec));
    return endOfPromotion(rollout, isFirstRelease, 'is live and passed its watch');
  });
}

function approvalOf({ approval }: Pick<BlueGreenSpec, 'approval'>) {
  return approval === undefined ? {} : { approval };
}
