import type { Sample } from '../../../../src/contracts/rollouts/sample.ts';
import type { TrackCounters, TrafficSnapshot } from '../../../../src/contracts/rollouts/traffic.ts';

const boundsMs = [10, 100, null];

/** Counters of a track whose requests all took less than 10 ms. */
export function counters(requests: number, errors = 0): TrackCounters {
  return { requests, errors, latency: { boundsMs, counts: [requests, requests, requests] } };
}

/** The counters of each track, which have counted since `since`, as its one source tells them. */
export function snapshot(
  canary?: TrackCounters,
  { takenAtMs = 60_000, since = 1, stable }: SnapshotOptions = {},
): TrafficSnapshot {
  return {
    takenAtMs,
    sources: {
      ...(canary && { 'a canary': { track: 'canary', since, counters: canary } }),
      ...(stable && { 'a stable': { track: 'stable', since, counters: stable } }),
    },
  };
}

interface SnapshotOptions {
  takenAtMs?: number;
  since?: number;
  stable?: TrackCounters;
}

export function sampleOf({ traffic, readings = {}, takenAtMs }: Partial<Sample>): Sample {
  return {
    takenAtMs: takenAtMs ?? traffic?.takenAtMs ?? 60_000,
    ...(traffic && { traffic }),
    readings,
  };
}
