import { routerMetrics } from '../../contracts/local-platform.ts';
import { PlatformError } from '../../contracts/platform.ts';
import type {
  LatencyHistogram,
  Track,
  TrackCounters,
  TrafficSnapshot,
} from '../../contracts/traffic.ts';
import type { Sample } from './parse-prometheus.ts';

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
    requests: sum(answers),
    errors: sum(answers.filter(({ labels }) => labels['code']?.startsWith('5'))),
    latency: histogramOf(ofTrack),
  };
}

function histogramOf(samples: Sample[]): LatencyHistogram {
  const byBound = new Map<number, number>();
  for (const { name, labels, value } of samples) {
    if (name !== `${routerMetrics.duration}_bucket`) continue;
    const bound = labels['le'] === '+Inf' ? Infinity : Number(labels['le']) * 1_000;
    byBound.set(bound, (byBound.get(bound) ?? 0) + value);
  }
  const bounds = [...byBound.keys()].sort((a, b) => a - b);
  return {
    boundsMs: bounds.map((bound) => (bound === Infinity ? null : bound)),
    counts: bounds.map((bound) => byBound.get(bound) ?? 0),
  };
}

function sum(samples: Sample[]): number {
  return samples.reduce((total, { value }) => total + value, 0);
}
