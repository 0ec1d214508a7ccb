import { routerMetrics } from '../../contracts/rollouts/local-platform.ts';
import { PlatformError } from '../../contracts/rollouts/platform.ts';
import type { Track, TrafficSnapshot, TrafficSource } from '../../contracts/rollouts/traffic.ts';
import type { ExposedSample } from '../prometheus-text/parse-prometheus.ts';
import { histogramOf, sumOf } from '../prometheus-text/sum-samples.ts';

/** Both tracks' counters from the router's metrics, summed over versions and codes. */
export function toTrafficSnapshot(samples: ExposedSample[], takenAtMs: number): TrafficSnapshot {
  const sinceMs = startOf(samples);
  return {
    takenAtMs,
    sources: {
      'stable by the router': routerAs('stable', samples, sinceMs),
      'canary by the router': routerAs('canary', samples, sinceMs),
    },
  };
}

/** When the router began to count. Throws PlatformError where these are not its metrics. */
export function startOf(samples: readonly ExposedSample[]): number {
  const start = samples.find(({ name }) => name === routerMetrics.startTime);
  if (start) return start.value * 1_000;
  throw new PlatformError('unavailable', `the metrics lack ${routerMetrics.startTime}`);
}

function routerAs(track: Track, samples: ExposedSample[], since: number): TrafficSource {
  const ofTrack = samples.filter(({ labels }) => labels['track'] === track);
  const answers = ofTrack.filter(({ name }) => name === routerMetrics.requests);
  return {
    track,
    since,
    counters: {
      requests: sumOf(answers),
      errors: sumOf(answers.filter(({ labels }) => labels['code']?.startsWith('5'))),
      latency: histogramOf(ofTrack, routerMetrics.duration),
    },
  };
}
