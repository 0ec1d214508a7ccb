import { describe, expect, it } from 'vitest';
import type { TrackCounters, TrafficSource } from '../../../../src/contracts/rollouts/traffic.ts';
import {
  continueFrom,
  trafficBetween,
} from '../../../../src/policies/rollouts/analysis/traffic-difference.ts';
import { counters, snapshot } from './traffic.ts';

const canary = (counted: TrackCounters, since = 1): TrafficSource => ({
  track: 'canary',
  since,
  counters: counted,
});

const at = (takenAtMs: number, sources: Record<string, TrafficSource>) => ({ takenAtMs, sources });

describe('the traffic between two snapshots', () => {
  it('is the difference of the counters and of every bucket', () => {
    const between = trafficBetween(
      'canary',
      snapshot(counters(100, 5)),
      snapshot(counters(130, 9)),
    );
    expect(between).toMatchObject({ known: true, counters: counters(30, 4) });
  });

  it('of a canary that no source counts is none', () => {
    expect(trafficBetween('canary', snapshot(), snapshot())).toMatchObject({
      known: true,
      counters: { requests: 0, errors: 0 },
      blocks: [],
    });
  });

  it('looks at one track alone', () => {
    const before = snapshot(counters(1), { stable: counters(500, 500) });
    const after = snapshot(counters(3), { stable: counters(900, 900) });
    expect(trafficBetween('canary', before, after)).toMatchObject({ counters: counters(2) });
    expect(trafficBetween('stable', before, after)).toMatchObject({ counters: counters(400, 400) });
  });

  it('is the sum of its pods, and tells them apart', () => {
    const before = at(10, { a: canary(counters(10)), b: canary(counters(20)) });
    const after = at(20, { a: canary(counters(15, 1)), b: canary(counters(50, 2)) });
    const between = trafficBetween('canary', before, after);
    expect(between).toMatchObject({ known: true, counters: counters(35, 3) });
    expect(between).toHaveProperty('blocks', [counters(5, 1), counters(30, 2)]);
  });

  it('counts a pod that restarted from zero, even where its counters are higher by now', () => {
    const before = at(10, { a: canary(counters(10)) });
    const after = at(20, { a: canary(counters(90, 2), 15) });
    expect(trafficBetween('canary', before, after)).toMatchObject({ counters: counters(90, 2) });
  });

  it('takes counters that fell for a restart, where none is told', () => {
    const { track, counters: counted } = canary(counters(10));
    const before = at(10, { a: { track, counters: counted } });
    const after = at(20, { a: { track, counters: counters(4, 1) } });
    expect(trafficBetween('canary', before, after)).toMatchObject({ counters: counters(4, 1) });
  });

  it('counts a pod that began since from zero, and an older one only from now on', () => {
    const before = at(10, { a: canary(counters(10)) });
    const after = at(20, {
      a: canary(counters(11)),
      young: canary(counters(5), 12),
      old: canary(counters(700, 700), 3),
    });
    expect(trafficBetween('canary', before, after)).toMatchObject({ counters: counters(6) });
    const next = at(30, { ...after.sources, old: canary(counters(701, 701), 3) });
    expect(trafficBetween('canary', after, next)).toMatchObject({ counters: counters(1, 1) });
  });

  it('does without a pod that left, and counts one that was out of sight once', () => {
    const [first, second] = [
      at(10, { a: canary(counters(10)), b: canary(counters(20)) }),
      at(20, { a: canary(counters(15)) }),
    ];
    expect(trafficBetween('canary', first, second)).toMatchObject({ counters: counters(5) });
    const third = at(30, { a: canary(counters(15)), b: canary(counters(27)) });
    expect(trafficBetween('canary', continueFrom(first, second), third)).toMatchObject({
      counters: counters(7),
    });
  });

  it('knows latencies at the bounds that all pods with requests have', () => {
    const coarse = { ...counters(10), latency: { boundsMs: [100, null], counts: [7, 10] } };
    const before = at(10, { a: canary(counters(0)), b: canary(counters(0)) });
    const after = at(20, { a: canary(counters(5)), b: canary(coarse), c: canary(counters(0)) });
    expect(trafficBetween('canary', before, after)).toHaveProperty('counters.latency', {
      boundsMs: [100, null],
      counts: [12, 15],
    });
  });

  const otherBuckets = {
    ...counters(200),
    latency: { boundsMs: [20, 100, null], counts: [200, 200, 200] },
  };
  it.each([
    [
      'all that count it are gone',
      snapshot(counters(10)),
      snapshot(),
      "the canary's counters disappeared",
    ],
    [
      'all that count it are new, and older than the last look',
      snapshot(),
      snapshot(counters(10)),
      "the canary's counters are seen for the first time",
    ],
    [
      'a bucket went backwards',
      snapshot({ ...counters(10), latency: { boundsMs: [10, 100, null], counts: [9, 9, 10] } }),
      snapshot({ ...counters(11), latency: { boundsMs: [10, 100, null], counts: [8, 11, 11] } }),
      "the canary's counters went backwards",
    ],
    [
      'a counter is no number',
      snapshot(counters(10)),
      snapshot(counters(NaN)),
      "the canary's counters are no numbers",
    ],
    [
      'its latency buckets changed',
      snapshot(counters(10)),
      snapshot(otherBuckets),
      "the canary's latency buckets changed",
    ],
  ])('is unknown when %s', (_title, before, after, reason) => {
    expect(trafficBetween('canary', before, after)).toEqual({ known: false, reason });
  });
});
