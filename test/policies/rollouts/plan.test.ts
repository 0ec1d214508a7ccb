import { describe, expect, it } from 'vitest';
import { planStages, replicasAtWeight } from '../../../src/policies/rollouts/plan.ts';
import { measurementIntervalMs } from '../../../src/policies/rollouts/measurement-interval.ts';
import type { CanarySpec } from '../../../src/specs/rollouts/canary.ts';
import { canarySpec } from '../../fixtures/canary-spec.ts';

const minute = 60_000;
const analysis: CanarySpec['analysis'] = {
  mode: 'threshold',
  metrics: [{ name: 'error-rate', measure: { kind: 'error-rate' }, max: 0.01 }],
  intervalMs: minute,
  count: 3,
  failureLimit: 1,
  consecutiveErrorLimit: 4,
  minRequests: 10,
};

describe('the replicas of a stage', () => {
  it.each([
    [1, 4, 1],
    [25, 4, 1],
    [26, 4, 2],
    [50, 4, 2],
    [55, 100, 55],
    [7, 100, 7],
    [100, 4, 4],
    [5, 1, 1],
  ])('%i %% of %i replicas is %i', (weight, replicas, expected) => {
    expect(replicasAtWeight(weight, { replicas })).toBe(expected);
  });
});

describe('the time between measurements', () => {
  it('is the interval of the spec in a long hold', () => {
    expect(measurementIntervalMs(30 * minute, { intervalMs: minute })).toBe(minute);
  });
  it.each([
    [10 * minute, 2_000],
    [30 * minute, 6_000],
    [24 * 60 * minute, minute],
    [5_000, 1_000],
  ])('is in proportion to the hold where the spec leaves it open: %i ms', (holdMs, every) => {
    const open = { intervalMs: minute, leastIntervalMs: 2_000 };
    expect(measurementIntervalMs(holdMs, open)).toBe(every);
  });

  it('is a fifth of a short hold', () => {
    expect(measurementIntervalMs(minute, { intervalMs: minute })).toBe(12_000);
  });
});

describe('the plan of a canary', () => {
  const stages = [
    { weight: 5, holdMs: 10 * minute },
    { weight: 50, holdMs: minute, smoke: { path: '/health', expect: [200], timeoutMs: 1000 } },
    { weight: 100, holdMs: 0, approval: { by: ['ana'] } },
  ];

  it('adds the holds up, and measures nothing where there is no hold', () => {
    const plan = planStages(canarySpec({ stages, analysis }));
    expect(plan).toEqual([
      {
        weight: 5,
        replicas: 1,
        holdMs: 10 * minute,
        measurements: 10,
        measurementIntervalMs: minute,
        endsAfterMs: 10 * minute,
      },
      {
        weight: 50,
        replicas: 2,
        holdMs: minute,
        measurements: 5,
        measurementIntervalMs: 12_000,
        smoke: stages[1]?.smoke,
        endsAfterMs: 11 * minute,
      },
      {
        weight: 100,
        replicas: 4,
        holdMs: 0,
        measurements: 0,
        measurementIntervalMs: 0,
        approval: { by: ['ana'] },
        endsAfterMs: 11 * minute,
      },
    ]);
  });

  it('measures nothing at all with analysis none', () => {
    const plan = planStages(canarySpec({ stages }));
    expect(plan.map((stage) => stage.measurements)).toEqual([0, 0, 0]);
  });
});
