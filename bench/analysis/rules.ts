import type { Evidence, TrackCounts } from '../../src/contracts/kernel/counted-evidence.ts';
import type { Track } from '../../src/contracts/rollouts/traffic.ts';
import { addCounts, badRate, noCounts } from '../../src/policies/kernel/sequential/counts.ts';
import { addLook, overdispersion } from '../../src/policies/kernel/sequential/dispersion.ts';
import { logOfMean, ratiosAgainstStable } from '../../src/policies/kernel/sequential/log-ratios.ts';
import { continueInHold, shareOfStart } from '../../src/policies/kernel/sequential/start-times.ts';
import {
  decideAtEnd,
  decideNow,
  evidenceAtStart,
  recordCounts,
  type SequentialTest,
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
  /** For the next hold; absent of a rule that begins each hold anew. */
  evidence?(): Evidence | undefined;
}

export interface JudgedHold {
  /** As written in a spec. */
  metric: object;
  seconds: number;
  /** For the whole rollout. */
  holds: number;
  /** What the hold before it has shown. */
  earlier?: Evidence | undefined;
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
  ({ seconds, holds, earlier }) => {
    const test = { ...defaults, alpha: defaults.alpha / holds, bursts, looks: looksOf(seconds) };
    let evidence = continueInHold(evidenceAtStart(test), earlier, -Math.log(test.alpha));
    return {
      ...judgedBy(test, () => evidence),
      add: everyInterval(evaluationMs, (counts) => {
        evidence = recordCounts(evidence, counts, test);
        return decideNow(evidence, test) && 'reject';
      }),
      evidence: () => evidence,
    };
  };

/** As Belay judged before: whatever comes late is outweighed by what came before, and no hold knows of another. */
const fromTheStartOfTheHold: Rule = ({ holds }) => {
  const test = { ...defaults, alpha: defaults.alpha / holds, bursts: false };
  let evidence = evidenceAtStart({});
  return {
    ...judgedBy(test, () => evidence),
    add: everyInterval(evaluationMs, (counts) => {
      evidence = recordCounts(evidence, counts, test);
      return decideNow(evidence, test) && 'reject';
    }),
  };
};

function judgedBy(test: SequentialTest, evidence: () => Evidence): Pick<HoldRule, 'end'> {
  return {
    end() {
      const { kind } = decideAtEnd(evidence(), test);
      if (kind === 'worse') return 'reject';
      return kind === 'good' ? 'pass' : 'inconclusive';
    },
  };
}

function looksOf(seconds: number): number {
  return (1_000 * seconds) / evaluationMs;
}

/** Only its aborts, for many rollouts: where it would pause, the rollout continues. */
const byAbortsOfSequentialTest: Rule = ({ seconds, holds, earlier }) => {
  const { alpha, tolerance } = defaults;
  const decisive = holds / alpha;
  const looks = looksOf(seconds);
  const begun = continueInHold(evidenceAtStart({ looks }), earlier, Math.log(decisive));
  let worse = begun.worse.map(Math.exp);
  let { dispersion } = begun;
  let look = 0;
  return {
    add: everyInterval(evaluationMs, (counts) => {
      const { canary, stable } = counts;
      const started = shareOfStart(++look, looks);
      worse = worse.map((sum) => sum + started);
      if (canary.bad + stable.bad > 0) {
        const uneven = overdispersion(dispersion);
        const ratios = ratiosAgainstStable(counts, tolerance);
        worse = worse.map((sum, row) => sum * Math.exp((ratios[row] ?? 0) / uneven));
      }
      dispersion = addLook(dispersion, canary, [stable]);
      if (canary.bad === 0) return undefined;
      return logOfMean(worse.map(Math.log)) >= Math.log(decisive) ? 'reject' : undefined;
    }),
    end: () => 'pass',
    evidence: () => ({ ...begun, worse: worse.map(Math.log), dispersion }),
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
  'sequential, since the start of the hold': fromTheStartOfTheHold,
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
