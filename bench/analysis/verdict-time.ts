import { quantilesOf } from '../measures/quantiles.ts';
import { sequentialRule } from './rules.ts';

const measurements = 1_000;
const repetitions = 200;

/** Milliseconds that the verdict at the end of a hold with a thousand measurements takes, the median. */
export function measureVerdict(): number {
  const hold = sequentialRule.hold(measurements, 1);
  for (let second = 0; second < 2 * measurements; second++) {
    hold.add({
      canary: { total: 40, bad: 0 },
      stable: { total: 160, bad: second % 50 === 0 ? 1 : 0 },
    });
  }
  const took = Array.from({ length: repetitions }, () => {
    const startedMs = performance.now();
    hold.end();
    return performance.now() - startedMs;
  });
  return quantilesOf(took).p50;
}
