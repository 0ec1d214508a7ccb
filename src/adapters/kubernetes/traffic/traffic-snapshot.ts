import type { TrafficSnapshot, TrafficSource } from '../../../contracts/traffic.ts';
import type { Sample } from '../../prometheus-text/parse-prometheus.ts';
import { podCounters } from './pod-counters.ts';
import type { ScrapeTarget } from './scrape-target.ts';

export interface ScrapedPod extends ScrapeTarget {
  samples: Sample[];
}

/** Every pod's counters; one that restarts or is replaced counts from zero. */
export function trafficSnapshot(pods: ScrapedPod[], takenAtMs: number): TrafficSnapshot {
  return {
    takenAtMs,
    sources: Object.fromEntries(pods.map((pod) => [`${pod.track} ${pod.uid}`, sourceOf(pod)])),
  };
}

function sourceOf({ track, samples, ownPaths, startedAtMs }: ScrapedPod): TrafficSource {
  const since = processStartMs(samples) ?? startedAtMs;
  return {
    track,
    ...(since !== undefined && { since }),
    counters: podCounters(samples, ownPaths),
  };
}

/** What client libraries tell of their process; a container that starts beside it changes nothing in it. */
function processStartMs(samples: Sample[]): number | undefined {
  const start = samples.find(({ name }) => name === 'process_start_time_seconds');
  return start && start.value * 1_000;
}
