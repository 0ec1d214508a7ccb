import type { RolloutReport } from '../../../src/contracts/rollouts/report.ts';
import type { DeployRequest } from '../../../src/contracts/kernel/messages.ts';
import { stagesOf } from '../../../src/policies/rollouts/plan.ts';
import { enterStage, leaveStage, pendingStage } from './canary-stage.ts';
import { despiteDrift } from './await-person.ts';
import { commitReplacement } from './commit-promotion.ts';
import { endOfPromotion } from './end-of-promotion.ts';
import { holdStage } from './hold-stage.ts';
import { noteRewritten } from './note-changes.ts';
import { armUndoOfReplacement, claimService, openService } from './open-service.ts';
import { passExperiment } from './pass-experiment.ts';
import { refuseSameRelease } from './refuse-same-release.ts';
import { runRollout } from './run-rollout.ts';

/** Has the platform change the release in place, watches it, and puts the previous one back if it fails. */
export async function replaceInPlace(
  how: 'rolling' | 'recreate',
  input: unknown,
  request: DeployRequest | undefined,
): Promise<RolloutReport> {
  return runRollout(how, input, request, async (rollout, spec) => {
    const { release, readiness } = spec;
    const service = await openService(rollout, spec, {
      release,
      way: 'in-place',
      how,
      readiness,
    });
    const { acts, found } = service;
    refuseSameRelease(found, release);
    const stages = stagesOf(spec);
    rollout.plan(release.version, stages.map(pendingStage), spec.analysis);

    await claimService(rollout, service);
    armUndoOfReplacement(rollout, service, readiness);

    for (const watched of stages) {
      const stage = enterStage(rollout, service, spec, watched, 'stable');
      rollout.enterPhase(
        'preparing',
        `Replacing ${rollout.status.previousVersion} by ${release.version}`,
      );
      rollout.status.trafficSinceMs ??= Date.now();
      await despiteDrift(rollout, acts, async () => {
        if ((await acts.replaceStable({ release, how, readiness })) === 'done') return;
        const deadlineMs = Date.now() + readiness.deadlineMs;
        noteRewritten(rollout, await acts.awaitStableComplete(deadlineMs, release.version));
      });
      rollout.status.weight = 100;
      await holdStage(rollout, stage, spec);
      await passExperiment(rollout, stage, spec);
      leaveStage(rollout, stage);
    }

    await commitReplacement(rollout, acts);
    return endOfPromotion(rollout, false, 'replaced the previous release and passed its watch');
  });
}
