import type { Sample } from '../../../src/contracts/chaos/observation.ts';
import type { Counts } from '../../../src/contracts/kernel/counted-evidence.ts';
import {
  isWorse,
  judgeTracks,
  type TrackMetric,
} from '../../../src/policies/chaos/tracks/judge-tracks.ts';
import { binomial, type Random } from '../../analysis/random.ts';

export const alpha = 0.01;
/** The share of slow requests. */
export const acceptable = 0.01;

/** The defaults of `slowAgainstControl`. */
const metric: TrackMetric = {
  name: 'quick',
  source: {
    ...{ of: 'slow', thanMs: 150 },
    test: { alpha, tolerance: 1, effect: 5, power: 0.8 },
  },
  limits: { atMost: acceptable },
};

export interface TrackRates {
  requestsPerSecond: number;
  /** The share of requests that are slow. */
  control: number;
  experiment: number;
}

export type PlayedVerdict = 'Passed' | 'Failed' | 'Inconclusive';

/** The usual steady state and time to recover, and a fault of a minute. */
const seconds = { steady: 30, during: 60, recoverWithin: 300 };

/** One experiment on two tracks, sampled each second, as its run and its watch judge it. */
export function playExperiment(random: Random, rates: TrackRates): PlayedVerdict {
  const stateOf = (samples: readonly Sample[], isSteady = false) =>
    judgeTracks(metric, samples, { isSteady, tests: 1 }).state;
  if (stateOf(countedFor(random, rates, seconds.steady), true) !== 'holds') return 'Inconclusive';
  const during = countedFor(random, rates, seconds.during);
  for (let looks = 2; looks <= during.length; looks++) {
    if (isWorse(metric, during.slice(0, looks), 1)) return 'Failed';
  }
  const hasRecovered = Array.from({ length: seconds.recoverWithin / seconds.steady }).some(
    () => stateOf(countedFor(random, rates, seconds.steady)) === 'holds',
  );
  const state = stateOf(during);
  if (state === 'fails' || !hasRecovered) return 'Failed';
  return state === 'holds' ? 'Passed' : 'Inconclusive';
}

/** What the router has counted at each second of a window. */
function countedFor(random: Random, rates: TrackRates, forSeconds: number): Sample[] {
  const none: Counts = { total: 0, bad: 0 };
  let counts = { control: none, experiment: none };
  return Array.from({ length: forSeconds + 1 }, (_, second): Sample => {
    const sample = { afterMs: second * 1_000, counts };
    counts = {
      control: more(random, counts.control, rates.requestsPerSecond, rates.control),
      experiment: more(random, counts.experiment, rates.requestsPerSecond, rates.experiment),
    };
    return sample;
  });
}

function more(random: Random, { total, bad }: Counts, requests: number, share: number): Counts {
  return { total: total + requests, bad: bad + binomial(random, requests, share) };
}
