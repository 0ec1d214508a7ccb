import type { DeployRequest } from '../../src/contracts/kernel/messages.ts';
import type { RolloutReport } from '../../src/contracts/rollouts/report.ts';
import { awaitStageApproval } from './support/await-approval.ts';
import {
  enterStage,
  leaveStage,
  pendingStage,
  routeStage,
  skipStage,
} from './support/canary-stage.ts';
import { commitPromotion, inFull } from './support/commit-promotion.ts';
import { endOfPromotion, noteFirstRelease } from './support/end-of-promotion.ts';
import { holdStage } from './support/hold-stage.ts';
import { armUndoOfCanary, beside, claimService, openService } from './support/open-service.ts';
import { passExperiment } from './support/pass-experiment.ts';
import { refuseSameRelease } from './support/refuse-same-release.ts';
import { runRollout } from './support/run-rollout.ts';

/** Steps a new release up through its stages and promotes it, or restores stable by itself. */
export async function canaryDeployment(
  input: unknown,
  request?: DeployRequest,
): Promise<RolloutReport> {
  return runRollout('canary', input, request, async (rollout, spec) => {
    const service = await openService(rollout, spec, beside(spec.release, spec.readiness));
    const { found } = service;
    refuseSameRelease(found, spec.release);

    const isFirstRelease = found.stable === undefined;
    if (isFirstRelease) noteFirstRelease(rollout);
    const stages = isFirstRelease ? [{ weight: 100, holdMs: 0 }] : spec.stages;
    rollout.plan(spec.release.version, stages.map(pendingStage), spec.analysis);

    await claimService(rollout, service);
    armUndoOfCanary(rollout);

    for (const stageSpec of stages) {
      const stage = enterStage(rollout, service, spec, stageSpec);
      const decision = rollout.inbox.decisions.value;
      if (decision?.kind === 'promoteFull' && stageSpec.weight < 100) {
        await awaitStageApproval(rollout, stage);
        skipStage(stage, decision.by);
        continue;
      }
      await routeStage(rollout, stage, spec);
      await holdStage(rollout, stage, spec);
      await passExperiment(rollout, stage, spec);
      await awaitStageApproval(rollout, stage);
      leaveStage(rollout, stage);
    }

    await commitPromotion(rollout, service, inFull(spec));
    return endOfPromotion(rollout, isFirstRelease, 'went through every stage');
  });
}
