import { describe, expect, it } from 'vitest';
import type { Sample } from '../../../src/contracts/chaos/observation.ts';
import { judgeStop } from '../../../src/policies/chaos/judge-stop.ts';
import { recoveryWindowMs } from '../../../src/policies/chaos/recovery-window.ts';
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

const quickTracks: HypothesisMetric = {
  name: 'quick',
  source: {
    ...{ of: 'slow', thanMs: 500 },
    test: { alpha: 0.01, tolerance: 1, effect: 5, power: 0.8 },
  },
  limits: { atMost: 0.01 },
};

it('says that two tracks are gone, instead of how few samples there are', () => {
  const own = { ...quickTracks, name: 'm' };
  expect(judge(own, [{ afterMs: 0, areGone: true }])).toMatchObject({
    state: 'no-data',
    reason: expect.stringMatching(/^the tracks are gone: /) as string,
  });
  const goneBecause = 'the pod of Belay was too slow itself';
  expect(judge(own, [{ afterMs: 0, areGone: true, goneBecause }])).toMatchObject({
    ...{ state: 'no-data', reason: `the tracks are gone: ${goneBecause}` },
  });
});

it('fails two tracks as soon as one is shown to be worse, and holds only what was sampled', () => {
  const tracks = (count: number, bad: number) =>
    judgeWindow(
      [quickTracks],
      {
        ...{ lengthMs: 5_000, everyMs: 500 },
        samples: {
          quick: Array.from({ length: count }, (_, index) => ({
            afterMs: index * 500,
            counts: {
              experiment: { total: 300 * index, bad: bad * index },
              control: { total: 300 * index, bad: 0 },
            },
          })),
        },
      },
      {},
    )[0];
  expect(tracks(2, 200)).toMatchObject({ state: 'fails', samples: 2 });
  expect(tracks(2, 0)).toMatchObject({ state: 'no-data', reason: '2 of at least 8 samples' });
  expect(tracks(10, 0)).toMatchObject({ state: 'holds' });
});

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

  const pending = (index: number) => ({ value: 10_000 - 1_000 * index, unanswered: true as const });

  it('counts requests that were not answered by its end as slow and as failed', () => {
    const hanging = samplesOf(10, pending);
    expect(judge(metric(errors, { atMost: 0.5 }), hanging)?.state).toBe('fails');
    expect(judge(metric(latency, { atMost: 500 }), hanging)?.state).toBe('fails');
  });

  it('counts them as failed although one was answered', () => {
    const oneAnswered = samplesOf(10, (index) => (index === 0 ? { value: 20 } : pending(index)));
    expect(judge(metric(errors, { atMost: 0.5 }), oneAnswered)).toMatchObject({
      ...{ state: 'fails', value: 0.9 },
    });
  });

  it('does not count requests as failed that are no older than one that was answered', () => {
    const slow = samplesOf(10, (index) => (index < 8 ? { value: 2_500 } : pending(index)));
    expect(judge(metric(errors, { atMost: 0.05 }), slow)).toMatchObject({
      ...{ state: 'holds', value: 0, samples: 10 },
    });
  });

  it('never holds where most requests are still pending, whatever the limit', () => {
    const last = samplesOf(10, (index) => (index === 0 ? { value: 9_900 } : pending(index)));
    expect(judge(metric(errors, { atMost: 0.05 }), last)).toMatchObject({
      ...{ state: 'no-data', reason: 'only 1 of 10 requests was answered' },
    });
    const patient = metric(latency, { atMost: 60_000 });
    expect(judge(patient, samplesOf(10, pending))?.state).toBe('no-data');
    expect(judge(metric(latency, { timesSteady: 2 }), samplesOf(10, pending))?.state).toBe(
      'no-data',
    );
  });

  it('never holds for a query that has not been answered', () => {
    const hanging = samplesOf(10, pending);
    expect(judge(metric(query, { atLeast: 1 }), hanging)?.state).toBe('no-data');
  });

  /** One a second for so long, each answered after so long, or still pending. */
  const slowQuery = (lengthMs: number, tookMs: number) =>
    samplesOf(lengthMs / 1_000, (index) =>
      1_000 * index + tookMs < lengthMs ? { value: 7, tookMs } : { unanswered: true as const },
    );

  it.each([
    [30_000, 8_000, 'holds'],
    // Nearly all that were sent are pending: nobody knows what they will say.
    [12_000, 8_000, 'no-data'],
  ])(
    'waits for a query in %d ms no longer than its answers take, %d ms: %s',
    (lengthMs, tookMs, state) => {
      const samples = { m: slowQuery(lengthMs, tookMs) };
      const window = { samples, lengthMs, everyMs: 1_000 };
      const [verdict] = judgeWindow([metric(query, { atLeast: 1 })], window, {});
      expect(verdict?.state).toBe(state);
    },
  );

  it('does not take a query that hangs for one that is only slow', () => {
    const hangs = samplesOf(30, (index) =>
      index < 20 ? { value: 7, tookMs: 50 } : { unanswered: true as const },
    );
    const window = { samples: { m: hangs }, lengthMs: 30_000, everyMs: 1_000 };
    const [verdict] = judgeWindow([metric(query, { atLeast: 1 })], window, {});
    expect(verdict).toMatchObject({ state: 'no-data', reason: '20 of at least 24 samples' });
  });

  it('is long enough, after the fault, for a query that is slow and for a sample that is lost', () => {
    for (const tookMs of [0, 2_500, 8_000]) {
      const lengthMs = recoveryWindowMs(
        { sinceMs: 0, targets: 1 },
        { everyMs: 1_000, answerMs: tookMs },
      );
      const [lost, ...samples] = slowQuery(lengthMs, tookMs);
      expect(lost).toBeDefined();
      const window = { samples: { m: samples }, lengthMs, everyMs: 1_000 };
      const [verdict] = judgeWindow([metric(query, { atLeast: 1 })], window, {});
      expect(verdict?.state, `${tookMs} ms`).toBe('holds');
    }
  });

  it('takes requests that failed for no latency at all', () => {
    expect(judge(metric(latency, { timesSteady: 2 }), failing(10))).toMatchObject({
      ...{ state: 'no-data', samples: 0, reason: '0 of at least 8 samples; 10 requests failed' },
    });
    const mixed = samplesOf(10, (index) =>
      index === 4 ? { value: 9_000, failed: true as const } : { value: 20 },
    );
    expect(judge(metric(latency, { atMost: 500 }), mixed)).toMatchObject({
      ...{ state: 'holds', value: 20, samples: 9 },
    });
  });

  it('has no steady state where so many requests fail that its limit can never be exceeded', () => {
    const more = metric(errors, { aboveSteady: 0.1 });
    expect(judge(more, failing(10))).toMatchObject({
      state: 'fails',
      reason: '100% fail without a fault, and 10% more can never be exceeded',
    });
    expect(judge(more, failing(9))?.state).toBe('fails');
    expect(judge(more, failing(8))?.state).toBe('holds');
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
    judgeStop([stop], metrics, { samples: { m: own }, afterMs, everyMs: 1_000 });

  it('ends the experiment once enough samples say so', () => {
    const all = (count: number) => samplesOf(count, () => ({ value: 5, failed: true as const }));
    expect(judgeAt(all(2), 2_000)).toBeUndefined();
    expect(judgeAt(all(3), 3_000)).toBe('m is 100% over the last 10s, above 50%');
  });

  it('does not count requests that may still be answered', () => {
    const own = samplesOf(3, (index) =>
      index === 0 ? { value: 5, failed: true as const } : { value: 300, unanswered: true as const },
    );
    expect(judgeAt(own, 3_000)).toBeUndefined();
  });

  it('holds with the fewest samples that its time can have, although they were sent late', () => {
    const every = 4_000;
    const own = [0, 1, 2].map((index) => ({
      ...{ afterMs: every * index + 1, value: 5, failed: true as const },
    }));
    const order = { samples: { m: own }, afterMs: 3 * every + 9, everyMs: every };
    expect(judgeStop([{ ...stop, overMs: 3 * every }], metrics, order)).toContain('m is 100%');
  });

  it('is blind where a latency has nothing but failed requests', () => {
    const own = samplesOf(30, () => ({ value: 1, failed: true as const }));
    const slow = [{ name: 'm', source: latency }];
    const order = { samples: { m: own }, afterMs: 30_000, everyMs: 1_000 };
    const condition = { metric: 'm', above: 500, overMs: 10_000 };
    expect(judgeStop([condition], slow, order)).toContain('its stop condition is blind');
  });

  it('looks at its own time alone', () => {
    const early = samplesOf(30, (index) => ({
      value: 5,
      ...(index < 10 && { failed: true as const }),
    }));
    expect(judgeAt(early, 30_000)).toBeUndefined();
  });

  it('is not blind for a query that is slow: what was sent in its time is judged once it is answered', () => {
    const own = samplesOf(30, (index) =>
      index < 22 ? { value: 1, tookMs: 8_000 } : { unanswered: true as const },
    );
    const order = { samples: { m: own }, afterMs: 30_000, everyMs: 1_000 };
    const condition = { metric: 'm', below: 5, overMs: 5_000 };
    expect(judgeStop([condition], [{ name: 'm', source: query }], order)).toBe(
      'm is 1 over the last 5s, below 5',
    );
  });

  it('ends it, too, where it has been blind for long', () => {
    expect(judgeAt([], 29_000)).toBeUndefined();
    expect(judgeAt([], 30_000)).toContain('could not be sampled for 30s');
  });
});
