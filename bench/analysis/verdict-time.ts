import { quantilesOf } from '../measures/quantiles.ts';
import { noTraffic } from '../../src/policies/rollouts/analysis/add-counters.ts';
import { noCounts } from '../../src/policies/kernel/sequential/counts.ts';
import { rules } from './rules.ts';
import { failures } from './scenario.ts';

const measurements = 1_000;
const repetitions = 200;

/** Milliseconds that the verdict at the end of a hold with a thousand measurements takes, the median. */
export function measureVerdict(): number {
  const { metric } = failures;
  const hold = rules['sequential, by pods']({ metric, seconds: 2 * measurements, holds: 1 });
  for (let second = 0; second < 2 * measurements; second++) {
    hold.add(noCounts, {
      canary: [{ ...noTraffic, requests: 40 }],
      stable: [{ ...noTraffic, requests: 160, errors: second % 50 === 0 ? 1 : 0 }],
    });
  }
  const took = Array.from({ length: repetitions }, () => {
    const startedMs = performance.now();
    hold.end();
    return performance.now() - startedMs;
  });
  return quantilesOf(took).p50;
}
