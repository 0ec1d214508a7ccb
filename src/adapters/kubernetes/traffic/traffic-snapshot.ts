import { createHash } from 'node:crypto';
import type { Track, TrafficSnapshot } from '../../../contracts/traffic.ts';
import type { Sample } from '../../prometheus-text/parse-prometheus.ts';
import { addCounters, podCounters } from './pod-counters.ts';
import type { ScrapeTarget } from './scrape-target.ts';

export interface ScrapedPod extends ScrapeTarget {
  samples: Sample[];
}

/**
 * Both tracks' counters, summed over their pods. The epoch changes with every pod that comes, goes
 * or restarts, since the sums then start anew.
 */
export function trafficSnapshot(pods: ScrapedPod[], takenAtMs: number): TrafficSnapshot {
  const stable = countersOf(pods, 'stable');
  const canary = countersOf(pods, 'canary');
  return { takenAtMs, epoch: epochOf(pods), ...(stable && { stable }), ...(canary && { canary }) };
}

function countersOf(pods: ScrapedPod[], track: Track) {
  const ofTrack = pods.filter((pod) => pod.track === track);
  return addCounters(
    ofTrack.flatMap(({ samples, ownPaths }) => podCounters(samples, ownPaths) ?? []),
  );
}

function epochOf(pods: ScrapedPod[]): string {
  const lives = pods.map(({ track, uid, restarts }) => `${track} ${uid} ${restarts}`).sort();
  return createHash('sha256').update(lives.join('\n')).digest('hex').slice(0, 16);
}
