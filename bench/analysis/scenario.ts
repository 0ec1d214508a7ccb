import type { Counts, TrackCounts } from '../../src/contracts/kernel/counted-evidence.ts';
import type { Track, TrackCounters } from '../../src/contracts/rollouts/traffic.ts';
import { noTraffic } from '../../src/policies/rollouts/analysis/add-counters.ts';
import { drawLatencies, slowMs } from './latencies.ts';
import { binomial, type Random } from './random.ts';

/** One second of a rollout. */
export interface Second {
  /** Since the start of the rollout. */
  at: number;
  /** The stage's share of requests for the canary. */
  weight: number;
}

/** The traffic of a service. */
export interface Scenario {
  /** The cause of bad requests. */
  measured: Measured;
  /** Requests in that second. */
  requests: (second: Second) => number;
  /** The canary's share of them. */
  weight: (second: Second) => number;
  /** The probability of a bad request in that second, for each pod of a track. */
  badness: (second: Second) => Record<Track, readonly number[]>;
}

export interface Measured {
  /** As written in a spec; both allow one bad request in a hundred. */
  metric: object;
  draw: (random: Random, total: number, badShare: number) => TrackCounters;
  badOf: (counters: TrackCounters) => number;
}

export const failures: Measured = {
  metric: { name: 'error-rate', max: '1%' },
  draw: (random, total, badShare) => ({
    requests: total,
    errors: binomial(random, total, badShare),
    latency: noTraffic.latency,
  }),
  badOf: ({ errors }) => errors,
};

export const slowness: Measured = {
  metric: { name: 'p99', max: `${slowMs}ms` },
  draw: (random, total, badShare) => ({
    requests: total,
    errors: 0,
    latency: drawLatencies(random, total, badShare),
  }),
  badOf: ({ requests, latency: { boundsMs, counts } }) =>
    requests - (counts[boundsMs.indexOf(slowMs)] ?? 0),
};

/** The counts of each pod of a track in one second. */
export type PlayedSecond = Record<Track, readonly TrackCounters[]>;

/** One second's requests. A router keeps its weight more exactly than chance would. */
export function playSecond(random: Random, scenario: Scenario, second: Second): PlayedSecond {
  const requests = scenario.requests(second);
  const ofCanary = Math.floor(requests * scenario.weight(second) + random());
  const badness = scenario.badness(second);
  const canary = playTrack(random, scenario.measured, ofCanary, badness.canary);
  const stable = playTrack(random, scenario.measured, requests - ofCanary, badness.stable);
  return { canary, stable };
}

function playTrack(
  random: Random,
  { draw }: Measured,
  total: number,
  badness: readonly number[],
): TrackCounters[] {
  return badness.map((badShare, pod) => draw(random, partOf(total, pod, badness.length), badShare));
}

/** The bad requests of a second. */
export function countsOf({ badOf }: Measured, { canary, stable }: PlayedSecond): TrackCounts {
  return { canary: sum(canary, badOf), stable: sum(stable, badOf) };
}

function sum(pods: readonly TrackCounters[], badOf: Measured['badOf']): Counts {
  return pods.reduce(
    ({ total, bad }: Counts, counters) => ({
      total: total + counters.requests,
      bad: bad + badOf(counters),
    }),
    { total: 0, bad: 0 },
  );
}

/** Distributes requests to pods in turn. */
function partOf(total: number, pod: number, pods: number): number {
  return Math.floor((total * (pod + 1)) / pods) - Math.floor((total * pod) / pods);
}
