import type { DeployRequest } from '../../src/contracts/kernel/messages.ts';
import type { RolloutReport } from '../../src/contracts/rollouts/report.ts';
import { awaitApproval } from './support/await-approval.ts';
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
import { armUndoOfCanary, beside, openRollout, takeService } from './support/open-rollout.ts';
import { refuseSameRelease } from './support/refuse-same-release.ts';
import { resolveSpec } from '../kernel/resolve-spec.ts';
import { runRollout } from '../kernel/run-rollout.ts';
import { trackRollout } from '../kernel/track-rollout.ts';

/** Steps a new release up through its stages and promotes it, or restores stable by itself. */
export async function canaryDeployment(
  input: unknown,
  request?: DeployRequest,
): Promise<RolloutReport> {
  const rollout = trackRollout('canary', input, request);

  return runRollout(rollout, async () => {
    const { spec, settings } = await resolveSpec('canary', input);
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
    const stages = isFirstRelease ? [{ weight: 100, holdMs: 0 }] : spec.stages;
    rollout.plan(spec.release.version, stages.map(pendingStage), spec.analysis);

    await takeService(rollout, service);
    armUndoOfCanary(rollout, service);

    for (const stageSpec of stages) {
      const stage = enterStage(rollout, acts, spec, stageSpec, settings);
      const { decision } = rollout;
      if (decision?.kind === 'promoteFull' && stageSpec.weight < 100) {
        await awaitApproval(rollout, stage);
        skipStage(stage, decision.by);
        continue;
      }
      await routeStage(rollout, stage, spec);
      await holdStage(rollout, stage, spec);
      await awaitApproval(rollout, stage);
      leaveStage(rollout, stage);
    }

    await commitPromotion(rollout, service, inFull(spec));
    return endOfPromotion(rollout, isFirstRelease, 'went through every stage');
  });
}
