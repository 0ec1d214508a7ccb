import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  watchSamples,
  type Ask,
  type WatchProgress,
} from '../../../activities/chaos/support/watch-samples.ts';
import type { WatchOrder } from '../../../src/contracts/chaos/observation.ts';

const probe = { agent: 'outside', probe: 'web' };
const order: WatchOrder = {
  metrics: [
    { name: 'answers', source: { of: 'errors', probe } },
    { name: 'quick', source: { of: 'latency', probe, percentile: 99 } },
  ],
  ...{ everyMs: 50, forMs: 500, stops: [] },
};

/** A reading of two tracks, of which the experiment is always slow. */
const slowExperiment = (total: number) => ({
  counts: { experiment: { total, bad: total }, control: { total, bad: 0 } },
});

const quickTracks = {
  name: 'quick',
  source: {
    ...{ of: 'slow' as const, thanMs: 100 },
    test: { alpha: 0.01, tolerance: 1, effect: 5, power: 0.8 },
  },
  limits: { atMost: 0.01 },
};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout'] });
});

afterEach(() => {
  vi.useRealTimers();
});

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Its time is skipped. */
async function watch(ask: Ask, more: Partial<WatchOrder> = {}, before?: WatchProgress) {
  const watched = watchSamples({ ...order, ...more }, ask, {
    ...{ before, onProgress: () => undefined },
    pause,
  });
  await vi.runAllTimersAsync();
  return watched;
}

describe('the watch of metrics', () => {
  it('tells its run what it has sampled where that ends it', async () => {
    const ended = new AbortController();
    const watched = watchSamples(order, async () => ({ value: 1 }), {
      ...{ before: undefined, onProgress: () => undefined, isEndedByRun: () => true },
      beganLateMs: 4_000,
      pause: async (ms) => {
        await pause(ms);
        ended.signal.throwIfAborted();
      },
    });
    await vi.advanceTimersByTimeAsync(120);
    ended.abort();
    await vi.runAllTimersAsync();
    const { samples, stopped } = await watched;
    expect(samples['answers']).toHaveLength(3);
    // As its run counts: it had asked for them before anybody took that up.
    expect(samples['answers']?.[0]?.afterMs).toBe(4_000);
    expect(stopped).toBeUndefined();
  });

  it('is given to another worker where its own one ends', async () => {
    const watched = watchSamples(order, async () => ({ value: 1 }), {
      ...{ before: undefined, onProgress: () => undefined, isEndedByRun: () => false },
      pause: async () => {
        throw new Error('WORKER_SHUTDOWN');
      },
    });
    await expect(watched).rejects.toThrow('WORKER_SHUTDOWN');
  });

  it('asks once for all metrics that are made of the same, at a fixed rate', async () => {
    let asked = 0;
    const { samples } = await watch(async () => ({ value: (asked += 1) }));
    expect(asked).toBe(10);
    expect(samples['quick']).toEqual(samples['answers']);
    expect(samples['answers']).toHaveLength(asked);
  });

  it('asks a target that hangs as often, and says how long it was waited for', async () => {
    const { samples } = await watch(() => new Promise(() => undefined));
    const waited = samples['answers'] ?? [];
    // What was asked in the last 100 ms may still be answered.
    expect(waited.map(({ value }) => value)).toEqual([500, 450, 400, 350, 300, 250, 200, 150, 100]);
    expect(waited.every(({ unanswered }) => unanswered)).toBe(true);
  });

  it('has no value for a query that hangs', async () => {
    const orders = { name: 'orders', source: { of: 'query' as const, query: 'sum(orders)' } };
    const stops = [{ metric: 'orders', above: 100, overMs: 1_000 }];
    const hang = () => new Promise<never>(() => undefined);
    const { samples, stopped } = await watch(hang, { metrics: [orders], stops });
    const waited = samples['orders'] ?? [];
    expect(waited).toHaveLength(9);
    expect(waited.every(({ value, unanswered }) => unanswered && value === undefined)).toBe(true);
    expect(stopped).toBeUndefined();
  });

  it('says of a query how long its answer took', async () => {
    const orders = { name: 'orders', source: { of: 'query' as const, query: 'sum(orders)' } };
    const ask: Ask = async () => {
      await pause(150);
      return { value: 7 };
    };
    const { samples } = await watch(ask, { metrics: [orders] });
    expect(samples['orders']?.[0]).toMatchObject({ value: 7, tookMs: 150 });
  });

  it('ends where a stop condition holds', async () => {
    const stops = [{ metric: 'answers', above: 0.5, overMs: 10_000 }];
    const { samples, stopped } = await watch(async () => ({ value: 1, failed: true }), { stops });
    expect(stopped).toBe('answers is 100% over the last 10s, above 50%');
    expect(samples['answers']).toHaveLength(3);
  });

  it('ends as soon as one of two tracks is shown to be worse, where it is to', async () => {
    let total = 0;
    const ask: Ask = async () => slowExperiment((total += 4));
    const tracks = { metrics: [quickTracks], forMs: 2_000 };
    const decided = await watch(ask, { ...tracks, endsDecided: true });
    expect(decided).toMatchObject({ isDecided: true });
    expect(decided.samples['quick']?.length).toBeLessThan(10);
    expect(await watch(ask, { ...tracks, forMs: 500 })).not.toHaveProperty('isDecided');
  });

  it('ends where two tracks are gone, or the fault has disturbed as many requests as it may', async () => {
    const tracks = { metrics: [quickTracks], forMs: 10_000 };
    const gone = await watch(async () => ({ areGone: true }), tracks);
    expect(gone).toMatchObject({ isDecided: true });
    const over = 'the fault has disturbed 500 requests, as many as it may';
    const ask: Ask = async () => ({ ...slowExperiment(4), over });
    const spent = await watch(ask, { ...tracks, endsDecided: true });
    expect(spent.stopped).toBe(over);
  });

  it('does not end a window after the fault because that has used up its requests', async () => {
    const over = 'the fault has disturbed 500 requests, as many as it may';
    const ask: Ask = async () => ({ ...slowExperiment(4), over });
    const { samples, stopped } = await watch(ask, { metrics: [quickTracks] });
    expect(stopped).toBeUndefined();
    expect(samples['quick']?.length).toBeGreaterThanOrEqual(6);
  });

  it('says why there was no answer, and goes on from what another attempt has seen', async () => {
    const seen = [{ afterMs: 0, value: 7 }];
    const before = { afterMs: 1_000, samples: { answers: seen, quick: seen } };
    const { samples, problem } = await watch(
      () => Promise.reject(new Error('no server')),
      { everyMs: 1_000, forMs: 1_800 },
      before,
    );
    expect(problem).toBe('no server');
    expect(samples['answers']?.[0]).toEqual({ afterMs: 0, value: 7 });
    expect(samples['answers']).toHaveLength(2);
  });
});
