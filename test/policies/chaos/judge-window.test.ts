import { describe, expect, it } from 'vitest';
import type { Sample } from '../../../src/contracts/chaos/observation.ts';
import { judgeStop } from '../../../src/policies/chaos/judge-stop.ts';
import { baselineOf, judgeWindow } from '../../../src/policies/chaos/judge-window.ts';
import type {
  HypothesisMetric,
  MetricLimits,
  MetricSource,
} from '../../../src/specs/chaos/metric.ts';

const probe = { agent: 'outside', probe: 'web' };
const errors: MetricSource = { of: 'errors', probe };
const latency: MetricSource = { of: 'latency', probe, percentile: 99 };
const query: MetricSource = { of: 'query', query: 'orders' };

const metric = (source: MetricSource, limits: MetricLimits): HypothesisMetric => ({
  ...{ name: 'm', source, limits },
});

/** One sample a second. */
const samplesOf = (count: number, sample: (index: number) => Partial<Sample>): Sample[] =>
  Array.from({ length: count }, (_, index) => ({ afterMs: 1_000 * index, ...sample(index) }));

const judge = (given: HypothesisMetric, own: Sample[], baseline?: Record<string, number>) => {
  const window = { samples: { m: own }, lengthMs: 10_000, everyMs: 1_000 };
  const [verdict] = judgeWindow([given], window, baseline);
  return verdict;
};

const failing = (count: number) =>
  samplesOf(10, (index) => ({ value: 20, ...(index < count && { failed: true as const }) }));

describe('a window of samples', () => {
  it('holds where every limit does, and says the value', () => {
    expect(judge(metric(errors, { atMost: 0.1 }), failing(1))).toMatchObject({
      ...{ state: 'holds', value: 0.1, reason: '10%, at most 10%' },
    });
    expect(judge(metric(errors, { atMost: 0.1 }), failing(2))).toMatchObject({
      ...{ state: 'fails', reason: '20% is above 10%' },
    });
  });

  it('is compared with the steady state: in points for errors, in times for the rest', () => {
    const more = metric(errors, { aboveSteady: 0.1 });
    expect(judge(more, failing(3), { m: 0.2 })?.state).toBe('holds');
    expect(judge(more, failing(4), { m: 0.2 })?.state).toBe('fails');
    const slow = samplesOf(10, () => ({ value: 210 }));
    const twice = metric(latency, { timesSteady: 2 });
    expect(judge(twice, slow, { m: 100 })).toMatchObject({
      reason: '210ms is above 2 times 100ms',
    });
    expect(judge(twice, slow, { m: 105 })?.state).toBe('holds');
    // The steady state itself has nothing to be compared with.
    expect(judge(twice, slow)?.state).toBe('holds');
    expect(judge(twice, slow, {})?.state).toBe('no-data');
  });

  it('never holds with too few samples, whatever they say', () => {
    expect(judge(metric(errors, { atMost: 0.1 }), [])).toMatchObject({
      ...{ state: 'no-data', samples: 0, reason: '0 of at least 8 samples' },
    });
    const few = samplesOf(7, () => ({ value: 20 }));
    expect(judge(metric(errors, { atMost: 0.1 }), few)?.state).toBe('no-data');
    const unanswered = samplesOf(10, () => ({}));
    expect(judge(metric(query, { atLeast: 1 }), unanswered)?.state).toBe('no-data');
  });

  it('bears every sample of a query, not only the one in the middle', () => {
    const once = samplesOf(10, (index) => ({ value: index === 4 ? 0 : 20 }));
    expect(judge(metric(query, { atLeast: 1 }), once)).toMatchObject({
      ...{ state: 'fails', reason: '0 is below 1' },
    });
  });

  it('counts requests that were not answered by its end: as slow, and as failed where none was', () => {
    const hanging = samplesOf(10, (index) => ({ value: 10_000 - 1_000 * index, unanswered: true }));
    expect(judge(metric(errors, { atMost: 0.5 }), hanging)?.state).toBe('fails');
    expect(judge(metric(latency, { atMost: 500 }), hanging)?.state).toBe('fails');
  });

  it('gives the later ones what they are compared with', () => {
    const own = samplesOf(10, (index) => ({ value: 10 * (index + 1) }));
    const of = (source: MetricSource) => baselineOf([metric(source, {})], { m: own })['m'];
    expect([of(errors), of(latency), of(query)]).toEqual([0, 100, 50]);
    expect(baselineOf([metric(query, {})], { m: [] })).toEqual({});
  });
});

describe('a stop condition', () => {
  const metrics = [{ name: 'm', source: errors }];
  const stop = { metric: 'm', above: 0.5, overMs: 10_000 };
  const judgeAt = (own: Sample[], afterMs: number) =>
    judgeStop([stop], metrics, { samples: { m: own }, afterMs });

  it('ends the experiment once enough samples say so', () => {
    const all = (count: number) => samplesOf(count, () => ({ value: 5, failed: true as const }));
    expect(judgeAt(all(2), 2_000)).toBeUndefined();
    expect(judgeAt(all(3), 3_000)).toBe('m is 100% over the last 10s, above 50%');
  });

  it('looks at its own time alone', () => {
    const early = samplesOf(30, (index) => ({
      value: 5,
      ...(index < 10 && { failed: true as const }),
    }));
    expect(judgeAt(early, 30_000)).toBeUndefined();
  });

  it('ends it, too, where it has been blind for long', () => {
    expect(judgeAt([], 29_000)).toBeUndefined();
    expect(judgeAt([], 30_000)).toContain('could not be sampled for 30s');
  });
});
