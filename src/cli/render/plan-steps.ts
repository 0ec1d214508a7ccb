import type { DeploymentOfAnyKind, StagePlan } from '../../policies/rollouts/plan.ts';
import type { BlueGreenSpec } from '../../specs/rollouts/blue-green.ts';
import type { CanarySpec } from '../../specs/rollouts/canary.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import type { InPlaceSpec } from '../../specs/rollouts/in-place.ts';
import type { ApprovalSpec, WaitLimit } from '../../specs/rollouts/stage.ts';
import type { StageExperiment } from '../../specs/stage-experiment.ts';

/** Deployments that have steps in place of a ladder. */
export type SteppedSpec = Exclude<DeploymentOfAnyKind, CanarySpec>;
/** Its name, and what is done in it. */
export type PlanStep = [name: string, what: string];

/** What a deployment without a ladder does, in its order; `watched` is its only stage. */
export function planSteps(spec: SteppedSpec, watched: StagePlan): PlanStep[] {
  switch (spec.kind) {
    case 'blueGreen':
      return blueGreenSteps(spec, watched);
    case 'rolling':
    case 'recreate':
      return [
        ['replace', replacing(spec)],
        ...watching(watched, 'the previous release is put back if it fails'),
        ...experimenting(watched, 'the previous release is put back if it fails'),
      ];
  }
}

export function approvalText({ by, limit }: ApprovalSpec): string {
  const who = by.length > 0 ? by.join(' or ') : 'anyone';
  return `by ${who}${limit ? `, ${limitText(limit)}` : ''}`;
}

/** `shop-rollout (cpu for 30s, after 30s of steady state)` */
export function experimentText({
  experiment,
  fault,
  durationMs,
  steadyStateMs,
}: StageExperiment): string {
  const steady = `after ${formatDuration(steadyStateMs)} of steady state`;
  return `${experiment} (${fault} for ${formatDuration(durationMs)}, ${steady})`;
}

export function limitText({ timeoutMs, onTimeout }: WaitLimit): string {
  return `${onTimeout} after ${formatDuration(timeoutMs)}`;
}

function blueGreenSteps(spec: BlueGreenSpec, watched: StagePlan): PlanStep[] {
  const { release, target, smoke, warmUp, approval, keepMs } = spec;
  const tests = smoke.map(({ path, expect }) => `${path} (${expect.join(' or ')})`);
  const isDeclared = target.platform === 'kubernetes' && target.colours !== undefined;
  return [
    ['prepare', `green, ${release.version}, in full beside the live release`],
    ...step(smoke.length > 0, 'smoke test', `${tests.join(', ')}, straight at every green replica`),
    ...(warmUp
      ? step(
          true,
          'warm up',
          `${formatDuration(warmUp.durationMs)} of ${warmUp.path}, ${warmUp.ratePerSecond} requests/s over all green replicas`,
        )
      : []),
    ...(approval ? step(true, 'approval', approvalText(approval)) : []),
    ['switch', 'all traffic to green at once'],
    ...watching(watched, 'all traffic back at once if it fails'),
    ...experimenting(watched, 'all traffic back at once if it fails'),
    ...step(
      keepMs > 0,
      'keep',
      `the old release keeps running for ${formatDuration(keepMs)}, ready to be switched back to`,
    ),
    [
      'commit',
      isDeclared
        ? 'green stays live; the other colour is scaled to 0 and kept'
        : `stable takes ${release.version} over; the release before it is kept`,
    ],
  ];
}

function replacing({ kind, release, readiness }: InPlaceSpec): string {
  const within = `within ${formatDuration(readiness.deadlineMs)}`;
  return kind === 'rolling'
    ? `pod by pod by ${release.version}, as the Deployment's strategy says, ${within}`
    : `every pod stops, then ${release.version} starts, ${within}: nothing serves in between`;
}

function watching({ holdMs, ...plan }: StagePlan, otherwise: string): PlanStep[] {
  const how =
    plan.measurements === 0 ? 'without measuring' : `measured ${measuredText(plan)}; ${otherwise}`;
  return step(holdMs > 0, 'watch', `${formatDuration(holdMs)}, ${how}`);
}

function experimenting({ experiment }: StagePlan, otherwise: string): PlanStep[] {
  return experiment === undefined
    ? []
    : [['experiment', `${experimentText(experiment)}; ${otherwise}`]];
}

/** `10 times, every 1m` */
export function measuredText({
  measurements,
  measurementIntervalMs,
}: Pick<StagePlan, 'measurements' | 'measurementIntervalMs'>): string {
  return measurements === 0
    ? 'not'
    : `${measurements} times, every ${formatDuration(measurementIntervalMs)}`;
}

function step(isTaken: boolean, name: string, what: string): PlanStep[] {
  return isTaken ? [[name, what]] : [];
}
