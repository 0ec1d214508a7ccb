import { expect, test } from 'vitest';
import type { Measurement } from '../../../../src/contracts/rollouts/verdict.ts';
import { boundCourse } from '../../../../src/policies/rollouts/analysis/bound-course.ts';

function course(metrics: number, each: number, reason = 'x'.repeat(300)): Measurement[] {
  return Array.from({ length: each }, (_, atMs) =>
    Array.from({ length: metrics }, (_, m): Measurement => ({
      ...{ metric: `checkout-requests-${m}`, atMs, requests: 12_345, value: 0.123456789 },
      ...{ result: 'fail', reason },
    })),
  ).flat();
}

test('keeps the course of a usual hold', () => {
  const usual = course(5, 24, '');
  expect(boundCourse(usual, 5)).toBe(usual);
});

test('keeps the newest of each metric, and fewer before it, where they are too many', () => {
  const kept = boundCourse(course(50, 9), 5);
  expect(JSON.stringify(kept).length).toBeLessThanOrEqual(30_000);
  const [first, ...others] = kept;
  expect(kept.map(({ atMs }) => atMs)).toEqual(kept.map(() => 8));
  expect(new Set([first, ...others].map((each) => each?.metric)).size).toBe(50);
  const fewer = boundCourse(course(50, 9, ''), 5).filter(({ metric }) => metric.endsWith('-7'));
  expect(fewer.map(({ atMs }) => atMs)).toEqual([0, 2, 4, 6, 8]);
});

test('keeps none where a hundred stages share what a status may hold', () => {
  expect(boundCourse(course(50, 9), 100)).toEqual([]);
});
