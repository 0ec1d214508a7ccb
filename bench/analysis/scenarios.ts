import { binomial, type Random } from './random.ts';
import type { Counts, TrackCounts } from '../../src/contracts/evidence.ts';

/** What a service's traffic does in one second of a rollout. */
export interface Second {
  /** Since the rollout began. */
  at: number;
  /** Share of the requests that go to the canary. */
  weight: number;
}

export interface Scenario {
  name: string;
  /** Requests in that second. */
  requests: (second: Second) => number;
  /** How likely a request of either track is to be bad in that second. */
  badness: (second: Second) => { canary: number; stable: number };
}

export type MakeScenario = (random: Random, base: number, ratio: number) => Scenario;

const perSecond = 200;
const dayS = 3_600;
const incidentS = 60;
const burstS = 3;

const steady: MakeScenario = (_random, base, ratio) => ({
  name: 'steady',
  requests: () => perSecond,
  badness: () => ({ canary: base * ratio, stable: base }),
});

/** Traffic that trebles and falls again within the rollout. */
const diurnal: MakeScenario = (random, base, ratio) => ({
  ...steady(random, base, ratio),
  name: 'diurnal',
  requests: ({ at }) => Math.round(perSecond * (1 + 0.5 * Math.sin((2 * Math.PI * at) / dayS))),
});

/** Now and then both tracks fail a third of their requests for a minute. */
const sharedIncidents: MakeScenario = (random, base, ratio) => {
  const from = Array.from({ length: 4 }, () => random() * dayS);
  const isIncident = (at: number) => from.some((start) => at >= start && at < start + incidentS);
  return {
    ...steady(random, base, ratio),
    name: 'shared incidents',
    badness: ({ at }) =>
      isIncident(at) ? { canary: 0.33, stable: 0.33 } : { canary: base * ratio, stable: base },
  };
};

/** Each track, by itself, fails a fifth of its requests for 3 s every ten minutes or so: not split at random. */
const burstsOfOneTrack: MakeScenario = (random, base, ratio) => {
  const bursts = () => Array.from({ length: 6 }, () => random() * dayS);
  const [canary, stable] = [bursts(), bursts()];
  const isBurst = (starts: number[], at: number) =>
    starts.some((start) => at >= start && at < start + burstS);
  return {
    ...steady(random, base, ratio),
    name: 'bursts of one track',
    badness: ({ at }) => ({
      canary: isBurst(canary, at) ? 0.2 : base * ratio,
      stable: isBurst(stable, at) ? 0.2 : base,
    }),
  };
};

export const regressing: MakeScenario = steady;
export const splitAtRandom: readonly MakeScenario[] = [steady, diurnal, sharedIncidents];
export const notSplitAtRandom: readonly MakeScenario[] = [burstsOfOneTrack];

/** One second's requests. A router keeps its weight better than chance would. */
export function playSecond(random: Random, scenario: Scenario, second: Second): TrackCounts {
  const requests = scenario.requests(second);
  const canary = Math.floor(requests * second.weight + random());
  const { canary: ofCanary, stable: ofStable } = scenario.badness(second);
  return {
    canary: counts(random, canary, ofCanary),
    stable: counts(random, requests - canary, ofStable),
  };
}

function counts(random: Random, total: number, rate: number): Counts {
  return { total, bad: binomial(random, total, rate) };
}
