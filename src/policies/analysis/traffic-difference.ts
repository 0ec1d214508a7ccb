import type { Track, TrackCounters, TrafficSnapshot } from '../../contracts/traffic.ts';

/** What a track answered between two snapshots, or why that cannot be known. */
export type TrafficDifference =
  { known: true; counters: TrackCounters } | { known: false; reason: string };

/**
 * The traffic of one track between two snapshots. A track without counters had no request since
 * its source started, so one that appears in between is counted from zero.
 */
export function trafficBetween(
  track: Track,
  before: TrafficSnapshot,
  after: TrafficSnapshot,
): TrafficDifference {
  if (before.epoch !== after.epoch) {
    return {
      known: false,
      reason: 'a source of metrics restarted, came or went, and its counters with it',
    };
  }
  const now = after[track];
  if (now === undefined) {
    return before[track] === undefined
      ? { known: true, counters: noTraffic }
      : { known: false, reason: `the ${track}'s counters disappeared` };
  }
  const then = before[track] ?? { ...noTraffic, latency: { ...now.latency, counts: [] } };
  if (String(then.latency.boundsMs) !== String(now.latency.boundsMs)) {
    return { known: false, reason: `the ${track}'s latency buckets changed` };
  }
  const counters: TrackCounters = {
    requests: now.requests - then.requests,
    errors: now.errors - then.errors,
    latency: {
      boundsMs: now.latency.boundsMs,
      counts: now.latency.counts.map((count, i) => count - (then.latency.counts[i] ?? 0)),
    },
  };
  const all = [counters.requests, counters.errors, ...counters.latency.counts];
  if (!all.every(Number.isFinite)) {
    return { known: false, reason: `the ${track}'s counters are no numbers` };
  }
  if (all.some((count) => count < 0)) {
    return { known: false, reason: `the ${track}'s counters went backwards` };
  }
  return { known: true, counters };
}

const noTraffic: TrackCounters = {
  requests: 0,
  errors: 0,
  latency: { boundsMs: [], counts: [] },
};
