import { routerMetrics } from '../../contracts/rollouts/local-platform.ts';
import { PlatformError } from '../../contracts/rollouts/platform.ts';
import type { Track, TrafficSnapshot, TrafficSource } from '../../contracts/rollouts/traffic.ts';
import type { ExposedSample } from '../prometheus-text/parse-prometheus.ts';
import { histogramOf, sumOf } from '../prometheus-text/sum-samples.ts';

/** Both tracks' counters from the router's metrics, summed over versions and codes. */
export function toTrafficSnapshot(samples: ExposedSample[], takenAtMs: number): TrafficSnapshot {
  const start = samples.find(({ name }) => name === routerMetrics.startTime);
  if (!start) {
    throw new PlatformError('unavailable', `the metrics lack ${routerMetrics.startTime}`);
  }
  const sinceMs = start.value * 1_000;
  return {
    takenAtMs,
    sources: {
      'stable by the router': routerAs('stable', samples, sinceMs),
      'canary by the router': routerAs('canary', samples, sinceMs),
    },
  };
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
