import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Tally } from '../../../src/local-platform/experiments/tally.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('what is counted of a track', () => {
  it('is a request that nobody has answered yet, as slow, as soon as it is', () => {
    const tally = new Tally([500, 5_000]);
    const end = tally.begin();
    vi.advanceTimersByTime(400);
    expect(tally.read()).toMatchObject({ requests: 0, slower: [0, 0], openLonger: [0, 0] });
    vi.advanceTimersByTime(200);
    expect(tally.read()).toMatchObject({ requests: 0, slower: [1, 0], openLonger: [1, 0] });
    end(200, 600);
    expect(tally.read()).toMatchObject({ requests: 1, slower: [1, 0], openLonger: [0, 0] });
  });

  it('is each request once, and never less than before', () => {
    const tally = new Tally([500]);
    const ends = [tally.begin(), tally.begin(), tally.begin()];
    const totals = [0, 300, 300, 300].map((ms, index) => {
      vi.advanceTimersByTime(ms);
      ends[index - 1]?.(200, 300 * index);
      ends[index - 1]?.(200, 300 * index);
      const { requests, openLonger } = tally.read();
      return requests + (openLonger[0] ?? 0);
    });
    expect(totals).toEqual([0, 1, 3, 3]);
    expect(tally.read()).toMatchObject({ requests: 3, slower: [2], took: { sum: 1_800 } });
  });

  it('hangs once it is open for a second more than a fault delays it', () => {
    const tally = new Tally([]);
    tally.begin();
    const delayed = tally.begin(3_000);
    vi.advanceTimersByTime(2_000);
    expect(tally.read().hanging).toBe(1);
    vi.advanceTimersByTime(2_001);
    expect(tally.read().hanging).toBe(2);
    delayed(499, 4_001);
    expect(tally.read()).toMatchObject({ hanging: 1, failed: 1 });
  });
});
