import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type { Track, TrafficSnapshot, TrafficSource } from '../../../contracts/rollouts/traffic.ts';
import type { Exposition } from '../../prometheus-text/parse-prometheus.ts';
import { describeAbsence, podCounters } from './pod-counters.ts';
import type { ScrapeTarget } from './scrape-target.ts';

export interface ScrapedPod extends ScrapeTarget {
  page: Exposition;
}

/** Every pod's counters; a pod that restarts or is replaced counts from zero. */
export function trafficSnapshot(pods: ScrapedPod[], takenAtMs: number): TrafficSnapshot {
  const absent = Object.fromEntries(
    (['stable', 'canary'] as const).flatMap((track) => {
      const reason = absenceOf(track, pods);
      return reason === undefined ? [] : [[track, reason] as const];
    }),
  );
  return {
    takenAtMs,
    ...(Object.keys(absent).length > 0 && { absent }),
    sources: Object.fromEntries(pods.map((pod) => [`${pod.track} ${pod.uid}`, sourceOf(pod)])),
  };
}

function sourceOf(pod: ScrapedPod): TrafficSource {
  const since = processStartMs(pod.page) ?? pod.startedAtMs;
  return {
    track: pod.track,
    ...(since !== undefined && { since }),
    counters: countersOf(pod),
  };
}

function countersOf({ name, page, ownPaths }: ScrapedPod) {
  try {
    return podCounters(page, ownPaths);
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    throw new PlatformError(error.code, `pod ${name}: ${error.message}`, { cause: error });
  }
}

/** Only if no pod of the track counts: some libraries create the counter with the first request. */
function absenceOf(track: Track, pods: readonly ScrapedPod[]): string | undefined {
  const own = pods.filter((pod) => pod.track === track);
  const reasons = own.map(({ page }) => describeAbsence(page));
  const [first] = reasons;
  if (first === undefined || reasons.some((reason) => reason === undefined)) return undefined;
  const { name = '' } = own[0] ?? {};
  return own.length === 1
    ? `pod ${name} ${first}`
    : `none of the ${own.length} pods of the ${track} counts requests: pod ${name} ${first}`;
}

/** What client libraries report about their process; another container that starts beside it is irrelevant. */
function processStartMs({ samples }: Exposition): number | undefined {
  const start = samples.find(({ name }) => name === 'process_start_time_seconds');
  return start && Number.isFinite(start.value) ? start.value * 1_000 : undefined;
}
