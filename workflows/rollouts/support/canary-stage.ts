import type { Track } from '../../../src/contracts/rollouts/traffic.ts';
import type { CanarySpec } from '../../../src/specs/rollouts/canary.ts';
import type { StageStatus } from '../../../src/contracts/rollouts/status.ts';
import {
  countTests,
  replicasAtWeight,
  type DeploymentOfAnyKind,
} from '../../../src/policies/rollouts/plan.ts';
import { measurementIntervalMs } from '../../../src/policies/rollouts/measurement-interval.ts';
import type { ReadinessSpec } from '../../../src/specs/rollouts/release.ts';
import type { StageSpec } from '../../../src/specs/rollouts/stage.ts';
import { experimentWorkflowId } from './carry-out-experiment.ts';
import { HoldMonitor } from './hold-monitor.ts';
import type { OpenStage } from './hold-stage.ts';
import { noteRewritten, putBackOnce } from './note-changes.ts';
import type { OpenService } from './open-service.ts';
import type { Rollout } from './rollout.ts';

export function pendingStage({ weight, holdMs, experiment }: StageSpec): StageStatus {
  return {
    ...(experiment && { experiment: { workflowId: experimentWorkflowId(experiment) } }),
    weight,
    holdMs,
    state: 'pending',
    measurements: [],
    tallies: {},
    canaryRequests: 0,
    canaryErrors: 0,
  };
}

/** Adds capacity for the stage's share of the traffic, then routes the traffic: capacity always comes first. */
export async function routeStage(
  rollout: Rollout,
  stage: OpenStage,
  spec: CanarySpec,
): Promise<void> {
  const { service } = stage;
  const { acts } = service;
  const { weight, smoke } = stage.spec;
  const { release, readiness } = spec;
  const replicas = replicasAtWeight(weight, spec);
  if (replicas !== service.canaryReplicas) {
    rollout.enterPhase('preparing', `Getting ${release.version} ready for ${weight} %`);
    const canary = await acts.scaleCanary({ release, replicas, readiness });
    await untilReady(rollout, service, { replicas: canary.replicas, readiness });
  }
  if (smoke !== undefined) {
    rollout.enterPhase('preparing', `Smoke test of ${smoke.path}`);
    await acts.smokeTestCanary(smoke);
  }
  rollout.enterPhase('preparing', `Routing ${weight} % to ${release.version}`);
  await routeTo(rollout, stage, weight);
}

/** Waits until so many replicas of the canary are ready, and undoes what others have changed. */
export async function untilReady(
  rollout: Rollout,
  service: OpenService,
  { replicas, readiness }: { replicas: number; readiness: ReadinessSpec },
): Promise<void> {
  const deadlineMs = Date.now() + readiness.deadlineMs;
  const found = await service.acts.awaitCanaryReady(replicas, deadlineMs);
  noteRewritten(rollout, found);
  await putBackOnce(rollout, service, found);
  service.canaryReplicas = replicas;
}

/** Moves traffic, and has the stage's watch expect what could be achieved. */
export async function routeTo(
  rollout: Rollout,
  { service: { acts }, monitor }: OpenStage,
  weight: number,
): Promise<void> {
  rollout.status.trafficSinceMs ??= Date.now();
  const outcome = await acts.setWeight(weight);
  rollout.status.weight = outcome.weight;
  monitor.expectWeight(outcome.weight);
  if (outcome.weight !== weight) {
    rollout.notes.push(
      `${weight} % became ${outcome.weight} %, the closest that this many replicas allow`,
    );
  }
  if (!outcome.verified) rollout.notes.push(`${weight} % could not be verified: ${outcome.reason}`);
}

/** Without metrics a hold still makes sure that its canary is there. */
const unmeasuredEveryMs = 60_000;

export function enterStage(
  rollout: Rollout,
  service: OpenService,
  spec: DeploymentOfAnyKind,
  stage: StageSpec,
  track: Track = 'canary',
): OpenStage {
  const status = rollout.status.stages.find(({ weight }) => weight === stage.weight);
  if (status === undefined) throw new Error(`No stage at ${stage.weight} %`);
  status.state = 'active';
  status.enteredAtMs = Date.now();
  const { analysis, release } = spec;
  const sampled = analysis.mode === 'none' ? { intervalMs: unmeasuredEveryMs } : analysis;
  const intervalMs =
    stage.holdMs === 0 ? sampled.intervalMs : measurementIntervalMs(stage.holdMs, sampled);
  const monitor = new HoldMonitor(rollout, service, {
    version: release.version,
    track,
    weight: 0,
    analysis,
    intervalMs,
    holdMs: stage.holdMs,
    tests: countTests(spec),
    ...(service.evidence && { earlier: service.evidence }),
  });
  return { service, spec: stage, status, monitor, decision: undefined };
}

export function leaveStage({ inbox }: Rollout, { service, status, monitor }: OpenStage): void {
  monitor.stop();
  const evidence = monitor.evidence();
  if (evidence !== undefined) service.evidence = evidence;
  status.state = 'passed';
  status.leftAtMs = Date.now();
  if (inbox.decisions.value?.kind === 'promote') inbox.decisions.take();
}

/** promoteFull passes over a stage: not held, not routed, but whoever must approve is still asked. */
export function skipStage({ status, monitor }: OpenStage, by: string): void {
  monitor.stop();
  status.state = 'skipped';
  status.leftAtMs = Date.now();
  status.note = `skipped by ${by}`;
}
