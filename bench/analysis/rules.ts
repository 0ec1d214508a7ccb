import type { TrackCounts } from '../../src/contracts/kernel/counted-evidence.ts';
import type { Track } from '../../src/contracts/rollouts/traffic.ts';
import { addCounts, badRate, noCounts } from '../../src/policies/kernel/sequential/counts.ts';
import {
  addInterval,
  noDispersion,
  overdispersion,
} from '../../src/policies/kernel/sequential/dispersion.ts';
import {
  addRatios,
  logOfMean,
  noRatios,
  ratiosAgainstStable,
} from '../../src/policies/kernel/sequential/log-ratios.ts';
import {
  decideAtEnd,
  decideNow,
  noEvidence,
  recordCounts,
} from '../../src/policies/kernel/sequential/weigh-evidence.ts';
import { judgedByBelay } from './judged-by-belay.ts';
import { mannWhitneyGreater } from './mann-whitney.ts';
import type { PlayedSecond } from './scenario.ts';

export type Ruling = 'reject' | 'pass' | 'inconclusive' | undefined;

/** A rule for one hold, which receives its seconds one by one. */
export interface HoldRule {
  add(counts: TrackCounts, played: PlayedSecond): Ruling;
  /** At the hold's end. */
  end(): Ruling;
}

export interface JudgedHold {
  /** As written in a spec. */
  metric: object;
  seconds: number;
  /** For the whole rollout. */
  holds: number;
}

export type Rule = (hold: JudgedHold) => HoldRule;

const byThreshold =
  (failureLimit: number): Rule =>
  (hold) =>
    judgedByBelay(hold, { judge: 'threshold', failureLimit, intervalMs: 60_000 });

const evaluationMs = 2_000;

const bySequential =
  (bursts: boolean): Rule =>
  (hold) =>
    judgedByBelay(hold, { judge: 'sequential', bursts, intervalMs: evaluationMs });

/** The defaults of a spec, with an objective of 1 %; alpha is that of the rollout. */
const defaults = { alpha: 0.01, tolerance: 1, objective: 0.01, effect: 5, power: 0.8 };

/** The same test on counts only, without the snapshots and measurements for people. */
const bySequentialTest =
  (bursts: boolean): Rule =>
  ({ holds }) => {
    const test = { ...defaults, alpha: defaults.alpha / holds, bursts };
    let evidence = noEvidence;
    return {
      add: everyInterval(evaluationMs, (counts) => {
        evidence = recordCounts(evidence, counts, test);
        return decideNow(evidence, test) && 'reject';
      }),
      end() {
        const { kind } = decideAtEnd(evidence, test);
        if (kind === 'worse') return 'reject';
        return kind === 'good' ? 'pass' : 'inconclusive';
      },
    };
  };

/** Only its aborts, for many rollouts: where it would pause, the rollout continues. */
const byAbortsOfSequentialTest: Rule = ({ holds }) => {
  const { alpha, tolerance } = defaults;
  const decisive = -Math.log(alpha / holds);
  let [worse, dispersion] = [noRatios, noDispersion];
  return {
    add: everyInterval(evaluationMs, (counts) => {
      const { canary, stable } = counts;
      if (canary.bad + stable.bad > 0) {
        const bounds = { overdispersion: overdispersion(dispersion) };
        worse = addRatios(worse, ratiosAgainstStable(counts, tolerance), bounds);
      }
      dispersion = addInterval(dispersion, stable);
      return canary.bad > 0 && logOfMean(worse) >= decisive ? 'reject' : undefined;
    }),
    end: () => 'pass',
  };
};

/** The shares of bad requests in intervals of ten seconds, one minute of each track, one-sided at 1 %. */
const byMannWhitney: Rule = () => {
  let tens: TrackCounts[] = [];
  return {
    add: everyInterval(10_000, (counts) => {
      tens.push(counts);
      if (tens.length < 6) return undefined;
      const rates = (track: Track) => tens.map((ten) => badRate(ten[track]));
      const chance = mannWhitneyGreater(rates('canary'), rates('stable'));
      tens = [];
      return chance < 0.01 ? 'reject' : undefined;
    }),
    end: () => 'pass',
  };
};

export const rules = {
  sequential: bySequentialTest(false),
  'sequential, aborts alone': byAbortsOfSequentialTest,
  'sequential, bursts: true': bySequentialTest(true),
  'sequential, by pods': bySequential(false),
  'sequential, by pods, bursts: true': bySequential(true),
  'any minute over the bound': byThreshold(0),
  'more than 2 of the minutes over the bound': byThreshold(2),
  'Mann-Whitney, each minute': byMannWhitney,
} satisfies Record<string, Rule>;

export type RuleName = keyof typeof rules;

export const intervalRule: RuleName = 'more than 2 of the minutes over the bound';
export const peers: readonly RuleName[] = [
  'any minute over the bound',
  intervalRule,
  'Mann-Whitney, each minute',
];

/** Sums seconds until there is something to evaluate. */
function everyInterval(
  intervalMs: number,
  evaluate: (counts: TrackCounts) => Ruling,
): HoldRule['add'] {
  let [open, ms] = [noCounts, 0];
  return (counts) => {
    open = addCounts(open, counts);
    ms += 1_000;
    if (ms % intervalMs !== 0) return undefined;
    const counted = open;
    open = noCounts;
    return evaluate(counted);
  };
}
