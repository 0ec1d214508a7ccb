import { expect, it } from 'vitest';
import { defaultHoldsMs, heartbeatsOf, scaledStages } from '../../bench/hold/ladder.ts';

it('keeps the proportions of the default ladder when its holds are shortened', () => {
  const stages = scaledStages(60_000);
  expect(defaultHoldsMs).toBe(3_600_000);
  expect(stages.map(({ weight, holdMs }) => [weight, holdMs])).toEqual([
    [5, 10_000],
    [20, 20_000],
    [50, 30_000],
    [100, 0],
  ]);
});

it('counts a heartbeat at once and then one for every time that fits into the hold', () => {
  expect(heartbeatsOf([10_000, 21_500, 21_700, 0], 30_000)).toBe(1 + 1 + 2);
});
