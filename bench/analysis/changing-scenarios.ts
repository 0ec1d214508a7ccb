import type { Random } from './random.ts';
import { failures, slowness, type Measured, type Scenario } from './scenario.ts';

/** What becomes of a release while it is held. */
export interface Changing {
  make: (random: Random) => Scenario;
  /** When the canary becomes worse than stable; absent: it does not. */
  onsetS?: number;
  /** What must never become of the hold. */
  never?: 'passed' | 'rejected';
}

const perSecond = 200;
export const holdS = 600;
const lastMinuteS = holdS - 60;

interface Shares {
  canary: readonly number[];
  stable: readonly number[];
}

const held =
  (badness: (at: number) => Shares, measured: Measured = failures): Changing['make'] =>
  () => ({
    measured,
    requests: () => perSecond,
    weight: ({ weight }) => weight,
    badness: ({ at }) => badness(at),
  });

const both = (rate: number): Shares => ({ canary: [rate], stable: [rate] });

/** So many times as bad as stable, from then on. */
const worseFrom = (
  onsetS: number,
  { base, ratio, measured }: { base: number; ratio: number; measured?: Measured },
): Changing => ({
  onsetS,
  make: held((at) => ({ canary: [at < onsetS ? base : base * ratio], stable: [base] }), measured),
});

/** From one share of bad requests to the other in the time of the hold, by the same factor each second. */
const drift = (from: number, to: number) => (at: number) => from * (to / from) ** (at / holdS);

/** A service without a leak has this share of slow requests. */
const usuallySlow = 0.002;
/** A leak shows after a minute, and from then on ever more requests wait: ten times as many at the end. */
const leak = (at: number) => usuallySlow * (1 + 9 * Math.max(0, (at - 60) / (holdS - 60)));

/** Both tracks are off their objective, like for like. */
const bothBad = 0.05;

/** One hold each: 10 minutes at 20 % of 200 requests a second, for `max: 1%` or a p99. */
export const changing = {
  '10x of 0.2 %, from the first request': worseFrom(0, { base: 0.002, ratio: 10 }),
  '10x of 0.2 %, in the last minute': worseFrom(lastMinuteS, { base: 0.002, ratio: 10 }),
  '10x of 0.2 % slow, from the first request': worseFrom(0, {
    ...{ base: 0.002, ratio: 10, measured: slowness },
  }),
  '10x of 0.2 % slow, in the last minute': worseFrom(lastMinuteS, {
    ...{ base: 0.002, ratio: 10, measured: slowness },
  }),
  '5x of 0.5 %, from the first request': worseFrom(0, { base: 0.005, ratio: 5 }),
  '5x of 0.5 %, after five minutes': worseFrom(holdS / 2, { base: 0.005, ratio: 5 }),
  'one bad pod of four, 10x of 0.5 %, from the first request': {
    onsetS: 0,
    make: held(() => ({ canary: [0.05, 0.005, 0.005, 0.005], stable: [0.005] })),
  },
  'one bad pod of four, 10x of 0.5 %, after five minutes': {
    onsetS: holdS / 2,
    make: held((at) => ({
      canary: [at < holdS / 2 ? 0.005 : 0.05, 0.005, 0.005, 0.005],
      stable: [0.005],
    })),
  },
  'a leak: slow requests grow from 0.2 to 2 %': {
    onsetS: 60,
    make: held((at) => ({ canary: [leak(at)], stable: [usuallySlow] }), slowness),
  },
  'both drift from 0.1 to 3 %': {
    never: 'passed',
    make: held((at) => both(drift(0.001, 0.03)(at))),
  },
  'both drift from 0.1 to 3 % slow': {
    never: 'passed',
    make: held((at) => both(drift(0.001, 0.03)(at)), slowness),
  },
  'both off the objective for 90 s, then as before': {
    never: 'rejected',
    make: held((at) => both(at >= 120 && at < 210 ? bothBad : 0.001)),
  },
  'the same, and then 10x in the last minute': {
    onsetS: lastMinuteS,
    make: held((at) => {
      const base = at >= 120 && at < 210 ? bothBad : 0.002;
      return { canary: [at < lastMinuteS ? base : 10 * base], stable: [base] };
    }),
  },
  'the canary alone 3x of 0.5 % for a minute, then as before': {
    onsetS: 120,
    make: held((at) => ({
      canary: [at >= 120 && at < 180 ? 0.015 : 0.005],
      stable: [0.005],
    })),
  },
} satisfies Record<string, Changing>;

export type ChangingName = keyof typeof changing;
