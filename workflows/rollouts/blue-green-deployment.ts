import { condition } from '@temporalio/workflow';
import type { DeployRequest } from '../../src/contracts/kernel/messages.ts';
import type { RolloutReport } from '../../src/contracts/rollouts/report.ts';
import { stagesOf } from '../../src/policies/rollouts/plan.ts';
import { formatDuration } from '../../src/specs/kernel/duration.ts';
import type { BlueGreenSpec } from '../../src/specs/rollouts/blue-green.ts';
import { awaitStageApproval } from './support/await-approval.ts';
import {
  enterStage,
  leaveStage,
  pendingStage,
  routeTo,
  untilReady,
} from './support/canary-stage.ts';
import { commitPromotion, inFull } from './support/commit-promotion.ts';
import { endOfPromotion, noteFirstRelease } from './support/end-of-promotion.ts';
import { holdStage, type OpenStage } from './support/hold-stage.ts';
import {
  armUndoOfCanary,
  beside,
  claimService,
  openService,
  type OpenService,
} from './support/open-service.ts';
import { passExperiment } from './support/pass-experiment.ts';
import { refuseSameRelease } from './support/refuse-same-release.ts';
import type { Rollout } from './support/rollout.ts';
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
    const switched = isFirstRelease ? [{ weight: 100, holdMs: 0 }] : stagesOf(spec);
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
      await passExperiment(rollout, stage, spec);
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

/** Brings green to full size, and tests and warms it up directly, before any caller's request reaches it. */
async function prepareGreen(
  rollout: Rollout,
  service: OpenService,
  spec: BlueGreenSpec,
): Promise<void> {
  const { acts } = service;
  const { release, readiness, smoke, warmUp } = spec;
  rollout.enterPhase('preparing', `Getting ${release.version} ready beside the live release`);
  const { replicas } = await acts.scaleCanary(inFull(spec));
  await untilReady(rollout, service, { replicas, readiness });
  for (const test of smoke) {
    rollout.enterPhase('preparing', `Smoke test of ${test.path}`);
    await acts.smokeTestCanary(test);
  }
  if (warmUp === undefined) return;
  rollout.enterPhase('preparing', `Warming up for ${formatDuration(warmUp.durationMs)}`);
  const { requests, failed } = await acts.warmUpCanary(warmUp);
  rollout.notes.push(`Warm-up: ${requests} requests, ${failed} of them failed`);
}

/** Keeps the old colour running after the watch, so that switching back needs no start. */
async function keepOldColour(
  rollout: Rollout,
  { decision }: OpenStage,
  keepMs: number,
): Promise<void> {
  const { decisions } = rollout.inbox;
  if (keepMs === 0 || decision !== undefined || decisions.value !== undefined) return;
  rollout.enterPhase(
    'keeping',
    `Keeping the old release for ${formatDuration(keepMs)}; abort switches back`,
  );
  await condition(() => decisions.value !== undefined, keepMs, {
    summary: 'keep the old release',
  });
}
