import { condition } from '@temporalio/workflow';
import type { BlueGreenSpec } from '../../../src/specs/rollouts/blue-green.ts';
import { formatDuration } from '../../../src/specs/kernel/duration.ts';
import { inFull } from './commit-promotion.ts';
import { noteRewritten, putBackOnce } from './note-changes.ts';
import type { OpenStage } from './hold-stage.ts';
import type { OpenService } from './open-service.ts';
import type { Rollout } from './rollout.ts';

/** Brings green to full size, and tests and warms it up directly, before any caller's request reaches it. */
export async function prepareGreen(
  rollout: Rollout,
  service: OpenService,
  spec: BlueGreenSpec,
): Promise<void> {
  const { acts } = service;
  const { release, readiness, smoke, warmUp } = spec;
  rollout.enterPhase('preparing', `Getting ${release.version} ready beside the live release`);
  const { replicas } = await acts.scaleCanary(inFull(spec));
  const found = await acts.awaitCanaryReady(replicas, Date.now() + readiness.deadlineMs);
  noteRewritten(rollout, found);
  await putBackOnce(rollout, service, found);
  service.canaryReplicas = replicas;
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
export async function keepOldColour(
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
