import { expect, test } from 'vitest';
import { backoffMs } from '../../../src/local-platform/replicas/backoff.ts';

test('waits twice as long after each failure, half a minute at most', () => {
  expect([1, 2, 3, 4, 7, 8, 1_000].map(backoffMs)).toEqual([
    500, 1_000, 2_000, 4_000, 30_000, 30_000, 30_000,
  ]);
});
