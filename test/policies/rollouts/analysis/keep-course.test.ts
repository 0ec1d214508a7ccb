import { describe, expect, it } from 'vitest';
import type { Measurement } from '../../../../src/contracts/rollouts/verdict.ts';
import { keepCourse } from '../../../../src/policies/rollouts/analysis/keep-course.ts';

const at = (atMs: number, metric = 'p99'): Measurement => ({
  metric,
  atMs,
  requests: 10,
  value: 1,
  result: 'pass',
});

function course(length: number): Measurement[] {
  let kept: Measurement[] = [];
  for (let i = 0; i < length; i++) {
    kept = keepCourse(kept, at(i), i);
    kept = keepCourse(kept, at(i, 'error-rate'), i);
  }
  return kept;
}

describe('what is kept of the measurements of a hold', () => {
  it('is all of them while they are few', () => {
    expect(course(24)).toHaveLength(48);
  });

  it.each([25, 26, 49, 100, 1_000, 1_801])(
    'is evenly spaced over the whole of it, and the newest: %i',
    (length) => {
      const times = course(length).flatMap(({ metric, atMs }) => (metric === 'p99' ? atMs : []));
      expect(times[0]).toBe(0);
      expect(times.at(-1)).toBe(length - 1);
      const steps = times.slice(1, -1).map((time, i) => time - times[i]!);
      expect(new Set(steps).size).toBe(1);
      expect(times.length).toBeGreaterThan(12);
      expect(times.length).toBeLessThanOrEqual(25);
    },
  );
});
