import { describe, expect, it } from 'vitest';
import type { TrackCounters } from '../../../src/contracts/traffic.ts';
import { measureInterval } from '../../../src/policies/analysis/measure-interval.ts';
import type { MetricSpec } from '../../../src/specs/metrics.ts';
import { counters, snapshot } from './traffic.ts';

const errorRate: MetricSpec = { name: 'error-rate', measure: { kind: 'error-rate' }, max: 0.01 };
const successRate: MetricSpec = {
  name: 'success-rate',
  measure: { kind: 'success-rate' },
  min: 0.99,
};
const p99 = (bounds: Pick<MetricSpec, 'max' | 'min'>): MetricSpec => ({
  name: 'p99',
  measure: { kind: 'latency', quantile: 0.99 },
  ...bounds,
});

/** The one measurement of this metric over traffic that began at zero. */
function measured(metric: MetricSpec, canary: TrackCounters | undefined, minRequests = 1) {
  const reading = measureInterval(
    'canary',
    [metric],
    minRequests,
    snapshot(counters(0)),
    snapshot(canary ?? counters(0)),
  );
  return { ...reading, only: reading.measurements[0] };
}

function slow(counts: number[]): TrackCounters {
  return {
    requests: counts.at(-1) ?? 0,
    errors: 0,
    latency: { boundsMs: [10, 100, null], counts },
  };
}

describe('a measurement', () => {
  it.each([
    ['an error rate below its bound passes', errorRate, counters(1000, 9), 'pass', 0.009],
    ['an error rate at its bound passes', errorRate, counters(1000, 10), 'pass', 0.01],
    ['an error rate above its bound fails', errorRate, counters(1000, 11), 'fail', 0.011],
    ['a success rate at its bound passes', successRate, counters(100, 1), 'pass', 0.99],
    ['a success rate below its bound fails', successRate, counters(100, 2), 'fail', 0.98],
    [
      'a success rate at a bound that binary fractions cannot hold passes',
      { ...successRate, min: 0.93 },
      counters(100, 7),
      'pass',
      0.93,
    ],
    ['nothing but errors fails', errorRate, counters(7, 7), 'fail', 1],
    ['a latency within its bound passes', p99({ max: 50 }), counters(100), 'pass', 9.9],
    ['a latency below its least fails', p99({ min: 50 }), counters(100), 'fail', 9.9],
    [
      'a latency beyond the last bucket fails a bound below it',
      p99({ max: 50 }),
      slow([0, 0, 100]),
      'fail',
      100,
    ],
    [
      'a latency beyond the last bucket fails a bound at it',
      p99({ max: 100 }),
      slow([0, 0, 100]),
      'fail',
      100,
    ],
    [
      'a latency beyond the last bucket is above a least that it passed',
      p99({ min: 50 }),
      slow([0, 0, 100]),
      'pass',
      100,
    ],
  ] as const)('of %s', (_title, metric, canary, result, value) => {
    const { only } = measured(metric, canary);
    expect(only).toMatchObject({ result, requests: canary.requests });
    expect(only?.value).toBeCloseTo(value, 9);
  });

  it('of a latency beyond the last bucket cannot pass a bound that lies higher still', () => {
    const { only } = measured(p99({ max: 5_000 }), slow([0, 0, 100]));
    expect(only).toEqual({
      metric: 'p99',
      atMs: 60_000,
      requests: 100,
      result: 'inconclusive',
      reason: 'the source tells latencies only up to 100 ms, and the bound is at most 5000 ms',
    });
  });

  it('that fails says the value and the bound', () => {
    const { only } = measured(errorRate, counters(1000, 50));
    expect(only?.reason).toBe('5 % is outside at most 1 %');
  });

  it.each([
    ['no requests', undefined, 1, 'the canary received no requests'],
    [
      'no requests, when even none would do',
      undefined,
      0,
      'the source has no value for this metric',
    ],
    [
      'too few requests',
      counters(9, 9),
      10,
      'the canary received 9 requests, fewer than the 10 asked for',
    ],
  ])('over %s is inconclusive', (_title, canary, minRequests, reason) => {
    const { only } = measured(errorRate, canary, minRequests);
    expect(only).toMatchObject({ result: 'inconclusive', reason });
    expect(only).not.toHaveProperty('value');
  });

  it('of a latency without a histogram is inconclusive while the rates are judged', () => {
    const bare = { ...counters(100), latency: { boundsMs: [], counts: [] } };
    const { measurements } = measureInterval(
      'canary',
      [errorRate, p99({ max: 50 })],
      1,
      snapshot(counters(0)),
      snapshot(bare),
    );
    expect(measurements.map(({ result }) => result)).toEqual(['pass', 'inconclusive']);
  });

  it('counts the requests and errors that were too few to judge', () => {
    expect(measured(errorRate, counters(9, 2), 10)).toMatchObject({ requests: 9, errors: 2 });
  });

  it('of counters that are gone judges nothing', () => {
    const reading = measureInterval('canary', [errorRate], 1, snapshot(counters(10)), snapshot());
    expect(reading).toMatchObject({ requests: 0, errors: 0 });
    expect(reading.measurements[0]).toMatchObject({
      result: 'inconclusive',
      reason: "the canary's counters disappeared",
    });
  });
});
