import { measurementIntervalMs } from './measurement-interval.ts';
import type { CanaryRequest } from '../../contracts/rollouts/platform.ts';
import type { BlueGreenSpec } from '../../specs/rollouts/blue-green.ts';
import type { CanarySpec } from '../../specs/rollouts/canary.ts';
import type { InPlaceSpec } from '../../specs/rollouts/in-place.ts';
import type { ApprovalSpec, SmokeTestSpec, StageSpec } from '../../specs/rollouts/stage.ts';
import type { StageExperiment } from '../../specs/stage-experiment.ts';

/** What one stage of a canary will do, before anything has been done. */
export interface StagePlan {
  weight: number;
  /** Absent: this share of what the platform's own object says by then. */
  replicas?: number;
  holdMs: number;
  /** 0 where nothing is measured. */
  measurements: number;
  measurementIntervalMs: number;
  smoke?: SmokeTestSpec;
  approval?: ApprovalSpec;
  experiment?: StageExperiment;
  /** Holds of this and all earlier stages; experiments, and waiting for people and for readiness, come on top. */
  endsAfterMs: number;
}

export function planStages(spec: DeploymentOfAnyKind): StagePlan[] {
  let endsAfterMs = 0;
  return stagesOf(spec).map((stage) => {
    endsAfterMs += stage.holdMs;
    return {
      weight: stage.weight,
      ...('replicas' in spec && {
        replicas: replicasForWeight(stage.weight, spec.replicas),
      }),
      holdMs: stage.holdMs,
      ...planMeasurements(stage, spec.analysis),
      ...(stage.smoke && { smoke: stage.smoke }),
      ...(stage.approval && { approval: stage.approval }),
      ...(stage.experiment && { experiment: stage.experiment }),
      endsAfterMs,
    };
  });
}

export type DeploymentOfAnyKind = CanarySpec | BlueGreenSpec | InPlaceSpec;

/** The stages of any deployment: a switch, or a release in place, is one stage with all traffic. */
export function stagesOf(spec: DeploymentOfAnyKind): StageSpec[] {
  switch (spec.kind) {
    case 'canary':
      return spec.stages;
    case 'blueGreen':
    case 'rolling':
    case 'recreate':
      return [
        {
          ...{ weight: 100, holdMs: spec.watchMs },
          ...(spec.experiment && { experiment: spec.experiment }),
        },
      ];
  }
}

/** How often a rollout may reject a good release by chance: by each metric with an alpha in each stage that is watched. */
export function countTests(spec: DeploymentOfAnyKind): number {
  const { analysis } = spec;
  if (analysis.mode === 'none') return 0;
  const watched = stagesOf(spec).filter(
    ({ holdMs, approval, experiment }) => holdMs > 0 || (approval ?? experiment) !== undefined,
  );
  const tested = analysis.metrics.filter(
    ({ judge = analysis, dryRun }) => 'alpha' in judge && !dryRun,
  );
  return Math.max(1, tested.length) * watched.length;
}

/** How many canary replicas a stage asks the platform for. */
export function replicasAtWeight(
  weight: number,
  { replicas }: { replicas?: number },
): CanaryRequest['replicas'] {
  return replicas === undefined ? { forWeight: weight } : replicasForWeight(weight, replicas);
}

/** Canary replicas that carry this share of the traffic as loaded as stable's were; at least one. */
function replicasForWeight(weight: number, replicas: number): number {
  return Math.max(1, Math.ceil((weight * replicas) / 100));
}

function planMeasurements(
  { holdMs }: StageSpec,
  analysis: CanarySpec['analysis'],
): Pick<StagePlan, 'measurements' | 'measurementIntervalMs'> {
  if (analysis.mode === 'none' || holdMs === 0) {
    return { measurements: 0, measurementIntervalMs: 0 };
  }
  const intervalMs = measurementIntervalMs(holdMs, analysis);
  return { measurements: Math.floor(holdMs / intervalMs), measurementIntervalMs: intervalMs };
}
