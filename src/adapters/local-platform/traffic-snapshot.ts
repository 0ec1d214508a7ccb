import { routerMetrics } from '../../contracts/local-platform.ts';
import { PlatformError } from '../../contracts/platform.ts';
import type { Track, TrackCounters, TrafficSnapshot } from '../../contracts/traffic.ts';
import type { Sample } from '../prometheus-text/parse-prometheus.ts';
import { histogramOf, sumOf } from '../prometheus-text/sum-samples.ts';

/** Both tracks' counters from the router's metrics, summed over versions and codes. */
export function toTrafficSnapshot(samples: Sample[], takenAtMs: number): TrafficSnapshot {
  const start = samples.find(({ name }) => name === routerMetrics.startTime);
  if (!start) {
    throw new PlatformError('unavailable', `the metrics lack ${routerMetrics.startTime}`);
  }
  const stable = countersOf(samples, 'stable');
  const canary = countersOf(samples, 'canary');
  return {
    takenAtMs,
    epoch: String(start.value),
    ...(stable && { stable }),
    ...(canary && { canary }),
  };
}

function countersOf(samples: Sample[], track: Track): TrackCounters | undefined {
  const ofTrack = samples.filter(({ labels }) => labels['track'] === track);
  const answers = ofTrack.filter(({ name }) => name === routerMetrics.requests);
  if (answers.length === 0) return undefined;
  return {
    requests: sumOf(answers),
    errors: sumOf(answers.filter(({ labels }) => labels['code']?.startsWith('5'))),
    latency: histogramOf(ofTrack, routerMetrics.duration),
  };
}
