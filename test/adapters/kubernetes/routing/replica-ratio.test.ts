import { describe, expect, it } from 'vitest';
import {
  achievedWeight,
  planSplit,
} from '../../../../src/adapters/kubernetes/routing/replica-ratio.ts';

const fixed = { surge: true, autoscaled: false };
const split = (canary: number, stable: number) => ({ canary, stable });

describe('dividing traffic by replica ratio', () => {
  it.each([
    [5, 10, split(1, 10), split(1, 9)],
    [10, 5, split(1, 5), split(1, 4)],
    [50, 5, split(3, 3), split(3, 2)],
    [50, 3, split(2, 2), split(2, 1)],
    [5, 1, split(1, 1), split(0, 1)],
    [20, 4, split(1, 4), split(1, 3)],
    [99, 4, split(4, 1), split(3, 1)],
    [60, 1, split(1, 1), split(1, 0)],
  ])('at %i percent of %i replicas, splits nearest to it', (weight, wanted, surging, within) => {
    expect(planSplit(weight, wanted, fixed)).toEqual(surging);
    expect(planSplit(weight, wanted, { ...fixed, surge: false })).toEqual(within);
  });

  it('never leaves a track without a pod between 1 and 99 % of more than one replica', () => {
    for (const surge of [true, false]) {
      for (let wanted = 2; wanted <= 12; wanted += 1) {
        for (let weight = 1; weight <= 99; weight += 1) {
          const { canary, stable } = planSplit(weight, wanted, { surge, autoscaled: false });
          expect(Math.min(canary, stable)).toBeGreaterThan(0);
          expect(canary + stable).toBeLessThanOrEqual(wanted + (surge ? 1 : 0));
        }
      }
    }
  });

  it.each([
    [0, 10, split(0, 10)],
    [5, 10, split(1, 10)],
    [20, 10, split(3, 10)],
    [50, 10, split(10, 10)],
    [75, 10, split(10, 10)],
    [100, 10, split(10, 10)],
  ])(
    'at %i percent, leaves an autoscaled stable of %i as large as it is',
    (weight, wanted, expected) => {
      expect(planSplit(weight, wanted, { surge: true, autoscaled: true })).toEqual(expected);
    },
  );

  it('has one track serve everything at 0 and at 100 %', () => {
    expect(planSplit(0, 4, fixed)).toEqual(split(0, 4));
    expect(planSplit(100, 4, fixed)).toEqual(split(4, 0));
  });

  it('plans no pod for a service that wants none', () => {
    expect(planSplit(50, 0, { surge: false, autoscaled: false })).toEqual(split(0, 0));
  });

  it.each([
    [1, 10, 9.1],
    [3, 3, 50],
    [0, 4, 0],
    [4, 0, 100],
    [0, 0, 0],
  ])('reports %i canary pods beside %i as %f percent', (canary, stable, weight) => {
    expect(achievedWeight(canary, stable)).toBe(weight);
  });
});
