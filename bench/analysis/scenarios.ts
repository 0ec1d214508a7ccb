import { errorFactors, type ErrorChain } from './error-chain.ts';
import type { Random } from './random.ts';
import { failures, slowness, type Scenario } from './scenario.ts';

/** For a service with this share of bad requests, and a release that is this many times as bad. */
export type MakeScenario = (random: Random, base: number, ratio: number) => Scenario;

const perSecond = 200;
/** The duration of the default ladder, in which a simulated day passes. */
const dayS = 3_600;
const pods = 4;

const steady: MakeScenario = (_random, base, ratio) => ({
  measured: failures,
  requests: () => perSecond,
  weight: ({ weight }) => weight,
  badness: () => ({ canary: [base * ratio], stable: [base] }),
});

/** Traffic that trebles and falls again within the rollout. */
const diurnal: MakeScenario = (random, base, ratio) => ({
  ...steady(random, base, ratio),
  requests: ({ at }) => Math.round(perSecond * swing(at, dayS, 0.5)),
});

/** Also, both tracks fail most when the canary has most of the traffic: pooled counts would blame it. */
const changingWeights: MakeScenario = (random, base, ratio) => {
  const periodS = 240;
  return {
    ...diurnal(random, base, ratio),
    weight: ({ at, weight }) => weight * swing(at, periodS, 0.8),
    badness: ({ at }) => {
      const now = base * swing(at, periodS, 0.8);
      return { canary: [now * ratio], stable: [now] };
    },
  };
};

/** From time to time both tracks fail a third of their requests for a minute. */
const sharedIncidents: MakeScenario = (random, base, ratio) => {
  const isIncident = spells(random, { times: 4, seconds: 60 });
  return {
    ...steady(random, base, ratio),
    badness: ({ at }) => (isIncident(at) ? both(0.33) : { canary: [base * ratio], stable: [base] }),
  };
};

/** Errors in sequences: spells of 5 s, a tenth of the time, 5.5 times the usual rate. */
const spellsOfErrors: ErrorChain = { spellS: 5, share: 0.1, factor: 5.5 };

const sharedSpells: MakeScenario = (random, base, ratio) => {
  const factors = errorFactors(random, dayS, spellsOfErrors);
  return {
    ...steady(random, base, ratio),
    badness: ({ at }) => {
      const now = base * (factors[at] ?? 1);
      return { canary: [now * ratio], stable: [now] };
    },
  };
};

const spellsOfOneTrack: MakeScenario = (random, base, ratio) => {
  const [canary, stable] = [
    errorFactors(random, dayS, spellsOfErrors),
    errorFactors(random, dayS, spellsOfErrors),
  ];
  return {
    ...steady(random, base, ratio),
    badness: ({ at }) => ({
      canary: [base * ratio * (canary[at] ?? 1)],
      stable: [base * (stable[at] ?? 1)],
    }),
  };
};

/** Requests are fast or wait for something; those over the bound of the 99th percentile are bad. */
const slowRequests: MakeScenario = (random, base, ratio) => ({
  ...steady(random, base, ratio),
  measured: slowness,
});

/** Each pod has its own better and worse half minutes: up to twice the usual rate. */
const unevenPods: MakeScenario = (random, base, ratio) => {
  const uneven: ErrorChain = { spellS: 30, share: 0.2, factor: 2 };
  const ofPods = () => Array.from({ length: pods }, () => errorFactors(random, dayS, uneven));
  const [canary, stable] = [ofPods(), ofPods()];
  return {
    ...steady(random, base, ratio),
    badness: ({ at }) => ({
      canary: canary.map((factors) => base * ratio * (factors[at] ?? 1)),
      stable: stable.map((factors) => base * (factors[at] ?? 1)),
    }),
  };
};

/** Each track independently fails a fifth of its requests for 3 s about every ten minutes, on all its pods. */
const burstsOfOneTrack: MakeScenario = (random, base, ratio) => {
  const bursts = () => spells(random, { times: 6, seconds: 3 });
  const [canary, stable] = [bursts(), bursts()];
  const onAll = (rate: number) => Array.from({ length: pods }, () => rate);
  return {
    ...steady(random, base, ratio),
    badness: ({ at }) => ({
      canary: onAll(canary(at) ? 0.2 : base * ratio),
      stable: onAll(stable(at) ? 0.2 : base),
    }),
  };
};

/** The same for each pod independently. */
const burstsOfOnePod: MakeScenario = (random, base, ratio) => {
  const ofPods = () => Array.from({ length: pods }, () => spells(random, { times: 6, seconds: 3 }));
  const [canary, stable] = [ofPods(), ofPods()];
  return {
    ...steady(random, base, ratio),
    badness: ({ at }) => ({
      canary: canary.map((isBurst) => (isBurst(at) ? 0.2 : base * ratio)),
      stable: stable.map((isBurst) => (isBurst(at) ? 0.2 : base)),
    }),
  };
};

/** Each request goes to either track only by its weight, whatever else happens. */
export const splitAtRandom = {
  steady,
  'traffic that trebles and falls': diurnal,
  'weights and errors that swing together': changingWeights,
  'incidents that both tracks share': sharedIncidents,
  'spells of errors that both tracks share': sharedSpells,
  'slow requests': slowRequests,
} satisfies Record<string, MakeScenario>;

/** The faults are on one track, or on one of its pods. */
const notSplitAtRandom = {
  'spells of errors of one track': spellsOfOneTrack,
  'bursts of one track': burstsOfOneTrack,
  'pods that are uneven': unevenPods,
  'bursts of one pod': burstsOfOnePod,
} satisfies Record<string, MakeScenario>;

export const scenarios = { ...splitAtRandom, ...notSplitAtRandom };
export type ScenarioName = keyof typeof scenarios;

/** Around 1, with this amplitude. */
function swing(at: number, periodS: number, by: number): number {
  return 1 + by * Math.sin((2 * Math.PI * at) / periodS);
}

function both(rate: number) {
  return { canary: [rate], stable: [rate] };
}

/** Whether a second is in one of this many spells, spread over the rollout. */
function spells(
  random: Random,
  { times, seconds }: { times: number; seconds: number },
): (at: number) => boolean {
  const starts = Array.from({ length: times }, () => random() * dayS);
  return (at) => starts.some((start) => at >= start && at < start + seconds);
}
