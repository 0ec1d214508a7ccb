import type { CanarySpec } from '../../specs/canary.ts';
import type { ApprovalSpec, SmokeTestSpec, StageSpec } from '../../specs/stage.ts';

/** A hold is measured at least this often, however short it is. */
const leastMeasurementsPerHold = 5;

/** What one stage of a canary will do, before anything has been done. */
export interface StagePlan {
  weight: number;
  replicas: number;
  holdMs: number;
  /** 0 where nothing is measured. */
  measurements: number;
  measurementIntervalMs: number;
  smoke?: SmokeTestSpec;
  approval?: ApprovalSpec;
  /** Holds of this and all earlier stages; waiting for people and for readiness comes on top. */
  endsAfterMs: number;
}

export function planStages(
  spec: Pick<CanarySpec, 'stages' | 'replicas' | 'analysis'>,
): StagePlan[] {
  let endsAfterMs = 0;
  return spec.stages.map((stage) => {
    endsAfterMs += stage.holdMs;
    return {
      weight: stage.weight,
      replicas: replicasForWeight(stage.weight, spec.replicas),
      holdMs: stage.holdMs,
      ...planMeasurements(stage, spec.analysis),
      ...(stage.smoke && { smoke: stage.smoke }),
      ...(stage.approval && { approval: stage.approval }),
      endsAfterMs,
    };
  });
}

/** Canary replicas that carry this share of the traffic as loaded as stable's were; at least one. */
export function replicasForWeight(weight: number, replicas: number): number {
  return Math.max(1, Math.ceil((weight * replicas) / 100));
}

/** Time between two measurements of a hold: `intervalMs`, or a fifth of the hold if that is shorter. */
export function measurementIntervalMs(holdMs: number, intervalMs: number): number {
  return Math.min(intervalMs, holdMs / leastMeasurementsPerHold);
}

function planMeasurements(
  { holdMs }: StageSpec,
  analysis: CanarySpec['analysis'],
): Pick<StagePlan, 'measurements' | 'measurementIntervalMs'> {
  if (analysis.mode === 'none' || holdMs === 0) {
    return { measurements: 0, measurementIntervalMs: 0 };
  }
  const intervalMs = measurementIntervalMs(holdMs, analysis.intervalMs);
  return { measurements: Math.floor(holdMs / intervalMs), measurementIntervalMs: intervalMs };
}
