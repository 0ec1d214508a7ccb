import type {
  Track,
  TrackCounters,
  TrafficSnapshot,
  TrafficSource,
} from '../../../contracts/rollouts/traffic.ts';
import { addCounters, noTraffic } from './add-counters.ts';

/** What a track answered between two snapshots, or why that cannot be known. */
export type TrafficDifference =
  /** `blocks`: by source, in no order. */
  | { known: true; counters: TrackCounters; blocks: TrackCounters[] }
  | { known: false; reason: string };

/**
 * The traffic of one track between two snapshots, source by source. A source that started anew
 * since counts from zero, and so does one that began since. One that is older, and seen for the
 * first time, has nothing to be held against: it counts from then on.
 */
export function trafficBetween(
  track: Track,
  before: TrafficSnapshot,
  after: TrafficSnapshot,
): TrafficDifference {
  const now = sourcesOf(track, after);
  if (now.length === 0) {
    return sourcesOf(track, before).length === 0
      ? { known: true, counters: noTraffic, blocks: [] }
      : { known: false, reason: `the ${track}'s counters disappeared` };
  }
  const counted = now.flatMap(([name, source]) => {
    const start = startOf(source, before.sources[name], before.takenAtMs);
    return start === undefined ? [] : [subtract(source.counters, start)];
  });
  if (counted.length === 0) {
    return { known: false, reason: `the ${track}'s counters are seen for the first time` };
  }
  const reason = counted.find((each) => typeof each === 'string');
  if (reason !== undefined) return { known: false, reason: `the ${track}'s ${reason}` };
  const blocks = counted.filter((each) => typeof each !== 'string');
  return { known: true, counters: addCounters(blocks), blocks };
}

/** The newer snapshot, and with it what the older one knew of sources that cannot be seen now. */
export function continueFrom(
  older: TrafficSnapshot | undefined,
  newer: TrafficSnapshot,
): TrafficSnapshot {
  return { ...newer, sources: { ...older?.sources, ...newer.sources } };
}

function sourcesOf(track: Track, { sources }: TrafficSnapshot): [string, TrafficSource][] {
  return Object.entries(sources).filter(([, source]) => source.track === track);
}

/** What is to be taken off its counters; undefined where that is not known. */
function startOf(
  { since, counters }: TrafficSource,
  then: TrafficSource | undefined,
  seenAtMs: number,
): TrackCounters | undefined {
  if (then === undefined) return since !== undefined && since > seenAtMs ? noTraffic : undefined;
  const isAnew =
    then.counters.requests === 0 || since !== then.since || isBelow(counters, then.counters);
  return isAnew ? noTraffic : then.counters;
}

function isBelow(now: TrackCounters, then: TrackCounters): boolean {
  return now.requests < then.requests || now.errors < then.errors;
}

function subtract(now: TrackCounters, then: TrackCounters): TrackCounters | string {
  const { boundsMs } = now.latency;
  if (then !== noTraffic && String(then.latency.boundsMs) !== String(boundsMs)) {
    return 'latency buckets changed';
  }
  const counts = now.latency.counts.map((count, i) => count - (then.latency.counts[i] ?? 0));
  const requests = now.requests - then.requests;
  const errors = now.errors - then.errors;
  const all = [requests, errors, ...counts];
  if (!all.every(Number.isFinite)) return 'counters are no numbers';
  if (all.some((count) => count < 0)) return 'counters went backwards';
  return { requests, errors, latency: { boundsMs, counts } };
}
