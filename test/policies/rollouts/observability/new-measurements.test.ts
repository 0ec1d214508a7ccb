import { expect, test } from 'vitest';
import type { WatchHoldInput } from '../../../../src/contracts/rollouts/hold.ts';
import { newMeasurements } from '../../../../src/policies/rollouts/observability/new-measurements.ts';

const tally = (passed: number, failed = 0, noData = 0) => ({ passed, failed, noData });
const hold = {
  analysis: {
    mode: 'sequential',
    metrics: [{ name: 'error-rate' }, { name: 'queue', judge: { mode: 'threshold' } }],
  },
} as unknown as WatchHoldInput;

test('each measurement counts once, by the judge of its own metric', () => {
  const before = { tallies: { 'error-rate': tally(3) } };
  const now = { tallies: { 'error-rate': tally(5, 1), queue: tally(0, 0, 1) } };
  expect(newMeasurements(hold, before, now)).toEqual([
    { judge: 'sequential', result: 'pass', count: 2 },
    { judge: 'sequential', result: 'fail', count: 1 },
    { judge: 'threshold', result: 'inconclusive', count: 1 },
  ]);
});

test('what a hold knew before it was taken up again is not counted again', () => {
  const known = { tallies: { 'error-rate': tally(30, 2, 1) } };
  expect(newMeasurements(hold, known, known)).toEqual([]);
});

test('a hold that measures nothing counts nothing', () => {
  const none = { analysis: { mode: 'none' } } as WatchHoldInput;
  expect(newMeasurements(none, { tallies: {} }, { tallies: {} })).toEqual([]);
});
