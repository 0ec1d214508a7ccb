import { describe, expect, it } from 'vitest';
import type { Sample } from '../../../../src/contracts/rollouts/sample.ts';
import type { Reading } from '../../../../src/contracts/rollouts/metric-reader.ts';
import type { TrackCounters } from '../../../../src/contracts/rollouts/traffic.ts';
import { measureMetric } from '../../../../src/policies/rollouts/analysis/measure-metric.ts';
import type { MetricSpec } from '../../../../src/specs/rollouts/metrics.ts';
import { counters, sampleOf, snapshot } from './traffic.ts';

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

/** The measurement of this metric over traffic that began at zero. */
function measured(metric: MetricSpec, canary: TrackCounters | undefined, minRequests = 1) {
  const [before, after] = [snapshot(counters(0)), snapshot(canary ?? counters(0))];
  return measureMetric(
    metric,
    { track: 'canary', minRequests },
    sampleOf({ traffic: before }),
    sampleOf({ traffic: after }),
  );
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
    const only = measured(metric, canary);
    expect(only).toMatchObject({ result, requests: canary.requests });
    expect(only?.value).toBeCloseTo(value, 9);
  });

  it('of a latency beyond the last bucket cannot pass a bound that lies higher still', () => {
    const only = measured(p99({ max: 5_000 }), slow([0, 0, 100]));
    expect(only).toEqual({
      metric: 'p99',
      atMs: 60_000,
      requests: 100,
      result: 'inconclusive',
      reason: 'the source tells latencies only up to 100 ms, and the bound is at most 5000 ms',
    });
  });

  it('that fails says the value and the bound', () => {
    const only = measured(errorRate, counters(1000, 50));
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
    const only = measured(errorRate, canary, minRequests);
    expect(only).toMatchObject({ result: 'inconclusive', reason });
    expect(only).not.toHaveProperty('value');
  });

  it('over counters of another name says so, not that there were no requests', () => {
    const absent = { canary: 'pod b has no http_requests_total, found grpc_requests' };
    const [before, after] = [snapshot(counters(0)), { ...snapshot(counters(0)), absent }];
    const options = { track: 'canary', minRequests: 1 } as const;
    const only = measureMetric(
      errorRate,
      options,
      sampleOf({ traffic: before }),
      sampleOf({ traffic: after }),
    );
    expect(only).toMatchObject({ result: 'inconclusive', reason: absent.canary });
  });

  it('of a latency from a native histogram, which has one bucket in the text format, says what is missing', () => {
    const native = { ...counters(100), latency: { boundsMs: [null], counts: [100] } };
    expect(measured(p99({ max: 50 }), native)).toMatchObject({
      result: 'inconclusive',
      reason:
        'the source has no buckets of latencies; let it export a classic histogram, beside a native one',
    });
  });

  it('of a latency without a histogram is inconclusive while the rates are judged', () => {
    const bare = { ...counters(100), latency: { boundsMs: [], counts: [] } };
    expect(measured(errorRate, bare)?.result).toBe('pass');
    expect(measured(p99({ max: 50 }), bare)?.result).toBe('inconclusive');
  });

  it('tells the same of stable beside it', () => {
    const [before, after] = [
      snapshot(counters(0), { stable: counters(0) }),
      snapshot(counters(100, 1), { stable: counters(400, 2) }),
    ];
    const samples = [sampleOf({ traffic: before }), sampleOf({ traffic: after })] as const;
    const canary = measureMetric(errorRate, { track: 'canary', minRequests: 1 }, ...samples);
    expect(canary).toMatchObject({ value: 0.01, stable: 0.005, requests: 100 });
    const inPlace = measureMetric(errorRate, { track: 'stable', minRequests: 1 }, ...samples);
    expect(inPlace).toMatchObject({ value: 0.005, requests: 400 });
    expect(inPlace).not.toHaveProperty('stable');
  });

  it('of counters that are gone judges nothing', () => {
    const samples = [
      sampleOf({ traffic: snapshot(counters(10)) }),
      sampleOf({ traffic: snapshot() }),
    ] as const;
    expect(measureMetric(errorRate, { track: 'canary', minRequests: 1 }, ...samples)).toMatchObject(
      {
        requests: 0,
        result: 'inconclusive',
        reason: "the canary's counters disappeared",
      },
    );
  });
});

describe('a metric with a source of its own', () => {
  const queue: MetricSpec = {
    name: 'queue',
    measure: { kind: 'value' },
    source: { kind: 'http', url: 'http://shop/stats', pointer: '/queue' },
    max: 100,
  };
  const read = (reading: Reading | undefined) =>
    measureMetric(
      queue,
      { track: 'canary', minRequests: 1 },
      sampleOf({}),
      sampleOf({ readings: reading ? { queue: reading } : {} }),
    );

  it('is held against its bound, and told beside stable', () => {
    expect(read({ kind: 'value', values: { canary: 41.25, stable: 12 } })).toMatchObject({
      value: 41.25,
      stable: 12,
      result: 'pass',
    });
    expect(read({ kind: 'value', values: { canary: 101 } })).toMatchObject({
      result: 'fail',
      reason: '101 is outside at most 100',
    });
  });

  it('is inconclusive where the source has nothing to say, with what it said', () => {
    expect(read({ kind: 'nothing', reason: 'the query returns no series' })).toMatchObject({
      result: 'inconclusive',
      reason: 'the query returns no series',
    });
    expect(read({ kind: 'value', values: { stable: 12 } })?.result).toBe('inconclusive');
  });

  it('is not measured at a look at which it was not read', () => {
    expect(read(undefined)).toBeUndefined();
  });

  it('that counts is the share of the bad ones between two looks', () => {
    const checkout: MetricSpec = {
      name: 'checkout',
      measure: { kind: 'bad-share' },
      source: { kind: 'prometheus-counts', bad: 'failures_total', total: 'checkouts_total' },
      max: 0.02,
    };
    const at = (total: number, bad: number): Sample =>
      sampleOf({
        readings: { checkout: { kind: 'counts', counters: snapshot(counters(total, bad)) } },
      });
    expect(
      measureMetric(checkout, { track: 'canary', minRequests: 1 }, at(100, 1), at(200, 6)),
    ).toMatchObject({ value: 0.05, requests: 100, result: 'fail' });
  });
});
