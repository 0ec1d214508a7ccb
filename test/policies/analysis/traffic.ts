import type { TrackCounters, TrafficSnapshot } from '../../../src/contracts/traffic.ts';

const boundsMs = [10, 100, null];

/** Counters of a track whose requests all took less than 10 ms. */
export function counters(requests: number, errors = 0): TrackCounters {
  return { requests, errors, latency: { boundsMs, counts: [requests, requests, requests] } };
}

export function snapshot(
  canary?: TrackCounters,
  over: Partial<TrafficSnapshot> = {},
): TrafficSnapshot {
  return { takenAtMs: 60_000, epoch: 'a', ...(canary && { canary }), ...over };
}
