import { progress } from '../report/tell.ts';
import { measureBound, waldBound, type BoundFigures } from './bound.ts';
import { measureChanges, type ChangeFigures } from './measure-changes.ts';
import { ladder, type Played, type PlayedLadder } from './play-rollout.ts';
import { Players, type PlayMany } from './players.ts';
import { confidenceInterval, meanOf, shareOf, type Mean, type Proportion } from './proportion.ts';
import { peers, type RuleName } from './rules.ts';
import { scenarios, splitAtRandom, type ScenarioName } from './scenarios.ts';
import { measureVerdict } from './verdict-time.ts';

export interface FalseAborts {
  scenario: ScenarioName;
  isSplitAtRandom: boolean;
  rule: RuleName;
  base: number;
  rejected: Proportion;
  /** The mean of fewer rollouts, if many were simulated only for their aborts. */
  paused: Proportion;
}

export interface Regression {
  scenario: ScenarioName;
  rule: RuleName;
  base: number;
  ratio: number;
  rejected: Proportion;
  missed: Proportion;
  paused: Proportion;
  /** Of rejected rollouts: the canary's requests, and its bad ones. */
  exposed: Mean;
  failed: Mean;
  /** Wald's bound for the canary's requests, if the first hold had no end. */
  wald: number;
}

export interface AnalysisFigures {
  bound: BoundFigures[];
  regressions: Regression[];
  falseAborts: FalseAborts[];
  changes: ChangeFigures[];
  /** The median in milliseconds. */
  verdictMs: number;
}

export interface Runs {
  /** For the sequential rule without a regression: its false aborts are rare. */
  sequential: number;
  /** For the same, if the first number cannot show whether the target is met. */
  atMost: number;
  /** For every other rule, and for bad releases. */
  others: number;
  /** Holds in which something changes. */
  changes: number;
}

/** The probability with which the sequential rule may abort a good rollout. */
export const alpha = 0.01;

const bases = [0.0001, 0.001, 0.005, 0.01];
const ratios = [1.5, 2, 3, 5, 10, 20];
const regressing: readonly Pick<PlayedLadder, 'rule' | 'scenario'>[] = [
  ...inBoth('sequential'),
  ...inBoth('sequential, since the start of the hold'),
  { rule: 'sequential, bursts: true', scenario: 'steady' },
  ...peers.flatMap(inBoth),
];

export function measureAnalysis(runs: Runs): Promise<AnalysisFigures> {
  progress('verdicts');
  const verdictMs = measureVerdict();
  return Players.with(async (playMany) => {
    progress("beside Wald's bound");
    const bound = pairs(bases, ratios).map(([base, ratio]) =>
      measureBound(base, ratio, 2 * runs.others),
    );
    progress('regressions');
    const regressions = await Promise.all(
      regressing.flatMap((each) =>
        pairs(bases, ratios).map(([base, ratio]) =>
          measureRegression(playMany, { ...each, base, ratio }, runs.others),
        ),
      ),
    );
    progress('false aborts');
    const falseAborts = await Promise.all([
      ...pairs(names(splitAtRandom), bases).map(([scenario, base]) =>
        measureRareAborts(playMany, { scenario, base }, runs),
      ),
      ...names(scenarios).flatMap((scenario) =>
        pairs(rulesBeside(scenario), bases).map(([rule, base]) =>
          measureFalseAborts(playMany, { rule, scenario, base, ratio: 1 }, runs.others),
        ),
      ),
    ]);
    progress('holds in which something changes');
    const changes = await measureChanges(playMany, runs.changes);
    return { bound, regressions, falseAborts, changes, verdictMs };
  });
}

/** The rules to compare: with counts by pod, and without, if pods fail independently. */
function rulesBeside(scenario: ScenarioName): RuleName[] {
  if (scenario in splitAtRandom) return [...peers];
  const pooled: RuleName[] = ['sequential', 'sequential, bursts: true'];
  const byPods: RuleName[] = ['sequential, by pods', 'sequential, by pods, bursts: true'];
  switch (scenario) {
    case 'bursts of one track':
    case 'bursts of one pod':
      return [...pooled, ...byPods, ...peers];
    case 'pods that are uneven':
      return [...pooled, 'sequential, by pods', ...peers];
    default:
      return [...pooled, ...peers];
  }
}

/** For the sequential rule, where it has a guarantee: as many rollouts as are needed for a conclusion. */
async function measureRareAborts(
  playMany: PlayMany,
  { scenario, base }: Pick<PlayedLadder, 'scenario' | 'base'>,
  runs: Runs,
): Promise<FalseAborts> {
  const whole: PlayedLadder = { rule: 'sequential', scenario, base, ratio: 1 };
  const some = await playMany(whole, { from: 1, to: runs.others });
  const abortsAlone: PlayedLadder = { ...whole, rule: 'sequential, aborts alone' };
  const first = await playMany(abortsAlone, { from: 1, to: runs.sequential });
  const rejected = proportion(first, 'rejected');
  const isTold = confidenceInterval(rejected).high <= alpha || shareOf(rejected) > 2 * alpha;
  const rest = isTold
    ? []
    : await playMany(abortsAlone, { from: runs.sequential + 1, to: runs.atMost });
  return {
    ...{ scenario, base, rule: 'sequential', isSplitAtRandom: true },
    rejected: proportion([...first, ...rest], 'rejected'),
    paused: proportion(some, 'paused'),
  };
}

async function measureFalseAborts(
  playMany: PlayMany,
  play: PlayedLadder,
  runs: number,
): Promise<FalseAborts> {
  const { scenario, rule, base } = play;
  const played = await playMany(play, { from: 1, to: runs });
  return {
    ...{ scenario, rule, base, isSplitAtRandom: scenario in splitAtRandom },
    rejected: proportion(played, 'rejected'),
    paused: proportion(played, 'paused'),
  };
}

async function measureRegression(
  playMany: PlayMany,
  play: PlayedLadder,
  runs: number,
): Promise<Regression> {
  const { base, ratio } = play;
  const [{ weight }] = ladder;
  const played = await playMany(play, { from: 1, to: runs });
  const rejected = played.filter(({ outcome }) => outcome === 'rejected');
  return {
    ...play,
    rejected: proportion(played, 'rejected'),
    missed: proportion(played, 'passed'),
    paused: proportion(played, 'paused'),
    exposed: meanOf(rejected.map(({ exposed }) => exposed)),
    failed: meanOf(rejected.map(({ failed }) => failed)),
    wald: waldBound({ base, ratio, weight, alpha: alpha / ladder.length }),
  };
}

/** The kinds of bad releases: those that fail requests, and those that answer them late. */
function inBoth(rule: RuleName): Pick<PlayedLadder, 'rule' | 'scenario'>[] {
  return [
    { rule, scenario: 'steady' },
    { rule, scenario: 'slow requests' },
  ];
}

function proportion(played: readonly Played[], wanted: Played['outcome']): Proportion {
  return { count: played.filter(({ outcome }) => outcome === wanted).length, of: played.length };
}

function names(some: Partial<Record<ScenarioName, unknown>>): ScenarioName[] {
  return Object.keys(some) as ScenarioName[];
}

function pairs<A, B>(first: readonly A[], second: readonly B[]): [A, B][] {
  return first.flatMap((one) => second.map((other): [A, B] => [one, other]));
}
