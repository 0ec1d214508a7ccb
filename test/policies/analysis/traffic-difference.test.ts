import { describe, expect, it } from 'vitest';
import { trafficBetween } from '../../../src/policies/analysis/traffic-difference.ts';
import { counters, snapshot } from './traffic.ts';

describe('the traffic between two snapshots', () => {
  it('is the difference of the counters and of every bucket', () => {
    const between = trafficBetween(
      'canary',
      snapshot(counters(100, 5)),
      snapshot(counters(130, 9)),
    );
    expect(between).toEqual({ known: true, counters: counters(30, 4) });
  });

  it('of a canary that had no counters yet is counted from zero', () => {
    const between = trafficBetween('canary', snapshot(), snapshot(counters(30, 4)));
    expect(between).toEqual({ known: true, counters: counters(30, 4) });
  });

  it('of a canary that still has no counters is none', () => {
    expect(trafficBetween('canary', snapshot(), snapshot())).toMatchObject({
      known: true,
      counters: { requests: 0, errors: 0 },
    });
  });

  it('looks at one track alone', () => {
    const before = snapshot(counters(1), { stable: counters(500, 500) });
    const after = snapshot(counters(3), { stable: counters(900, 900) });
    expect(trafficBetween('canary', before, after)).toEqual({ known: true, counters: counters(2) });
    expect(trafficBetween('stable', before, after)).toEqual({
      known: true,
      counters: counters(400, 400),
    });
  });

  const otherBuckets = {
    ...counters(200),
    latency: { boundsMs: [20, 100, null], counts: [200, 200, 200] },
  };
  it.each([
    [
      'its source restarted, even where the counters are higher by now',
      snapshot(counters(10)),
      snapshot(counters(900), { epoch: 'b' }),
      'a source of metrics restarted, came or went, and its counters with it',
    ],
    [
      'its source restarted and the canary is new to it',
      snapshot(),
      snapshot(counters(9), { epoch: 'b' }),
      'a source of metrics restarted, came or went, and its counters with it',
    ],
    [
      'its counters are gone',
      snapshot(counters(10)),
      snapshot(),
      "the canary's counters disappeared",
    ],
    [
      'requests went backwards',
      snapshot(counters(10)),
      snapshot(counters(9)),
      "the canary's counters went backwards",
    ],
    [
      'errors went backwards',
      snapshot(counters(10, 5)),
      snapshot(counters(20, 4)),
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
