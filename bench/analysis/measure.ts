import { progress } from '../report/tell.ts';
import { measureBound, type BoundFigures } from './bound.ts';
import { playRollout, type Played } from './play-rollout.ts';
import type { Proportion } from './proportion.ts';
import {
  fixedThreshold,
  intervalRule,
  mannWhitneyRule,
  sequentialForBursts,
  sequentialRule,
  type Rule,
} from './rules.ts';
import { notSplitAtRandom, regressing, splitAtRandom, type MakeScenario } from './scenarios.ts';
import { seeded } from './random.ts';
import { measureVerdict } from './verdict-time.ts';

export interface FalseAborts {
  scenario: string;
  isSplitAtRandom: boolean;
  rule: string;
  base: number;
  rejected: Proportion;
  paused: Proportion;
}

export interface Regression {
  rule: string;
  base: number;
  ratio: number;
  rejected: Proportion;
  missed: Proportion;
  paused: Proportion;
  /** Means over the rejected: the canary's requests, and its bad ones. */
  exposed: number;
  failed: number;
}

export interface AnalysisFigures {
  bound: BoundFigures[];
  regressions: Regression[];
  falseAborts: FalseAborts[];
  /** Milliseconds, the median. */
  verdictMs: number;
}

export interface Runs {
  /** Of the sequential rule without a regression: its false aborts are rare. */
  sequential: number;
  others: number;
}

const bases = [0.0001, 0.001, 0.005, 0.01];
const ratios = [1.5, 2, 3, 5, 10, 20];
const peers: Rule[] = [fixedThreshold, intervalRule, mannWhitneyRule];

export function measureAnalysis(runs: Runs): AnalysisFigures {
  progress('verdicts');
  const verdictMs = measureVerdict();
  progress("beside Wald's bound");
  const bound = pairs([0.0001, 0.001, 0.01], ratios).map(([base, ratio]) =>
    measureBound(base, ratio, runs.others),
  );
  progress('regressions');
  const regressions = [sequentialRule, ...peers].flatMap((rule) =>
    pairs([0.0001, 0.001, 0.01], ratios).map(([base, ratio]) =>
      measureRegression(rule, { base, ratio, runs: runs.others }),
    ),
  );
  progress('false aborts');
  const scenarios = [
    ...splitAtRandom.map((make) => ({ make, isSplitAtRandom: true })),
    ...notSplitAtRandom.map((make) => ({ make, isSplitAtRandom: false })),
  ];
  const falseAborts = scenarios.flatMap(({ make, isSplitAtRandom }) =>
    pairs([sequentialRule, sequentialForBursts, ...peers], bases).map(([rule, base]) => {
      const isOurs = rule === sequentialRule;
      return {
        ...measureFalseAborts(rule, make, base, isOurs ? runs.sequential : runs.others),
        isSplitAtRandom,
      };
    }),
  );
  return { bound, regressions, falseAborts, verdictMs };
}

function measureFalseAborts(rule: Rule, make: MakeScenario, base: number, runs: number) {
  const played = playMany(rule, make, { base, ratio: 1, runs });
  return {
    scenario: make(seeded(0), base, 1).name,
    rule: rule.name,
    base,
    rejected: proportion(played, 'rejected'),
    paused: proportion(played, 'paused'),
  };
}

function measureRegression(
  rule: Rule,
  { base, ratio, runs }: { base: number; ratio: number; runs: number },
): Regression {
  const played = playMany(rule, regressing, { base, ratio, runs });
  const rejected = played.filter(({ outcome }) => outcome === 'rejected');
  return {
    ...{ rule: rule.name, base, ratio },
    rejected: proportion(played, 'rejected'),
    missed: proportion(played, 'passed'),
    paused: proportion(played, 'paused'),
    exposed: mean(rejected.map(({ exposed }) => exposed)),
    failed: mean(rejected.map(({ failed }) => failed)),
  };
}

function playMany(
  rule: Rule,
  make: MakeScenario,
  { base, ratio, runs }: { base: number; ratio: number; runs: number },
): Played[] {
  return Array.from({ length: runs }, (_, index) =>
    playRollout(rule, make, { base, ratio, seed: index + 1 }),
  );
}

function proportion(played: Played[], wanted: Played['outcome']): Proportion {
  return { count: played.filter(({ outcome }) => outcome === wanted).length, of: played.length };
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function pairs<A, B>(first: readonly A[], second: readonly B[]): [A, B][] {
  return first.flatMap((one) => second.map((other): [A, B] => [one, other]));
}
