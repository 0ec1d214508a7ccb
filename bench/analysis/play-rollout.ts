import type { Evidence } from '../../src/contracts/kernel/counted-evidence.ts';
import { changing, holdS, type ChangingName } from './changing-scenarios.ts';
import { seeded } from './random.ts';
import { rules, type RuleName } from './rules.ts';
import { countsOf, playSecond } from './scenario.ts';
import { scenarios, type ScenarioName } from './scenarios.ts';

/** Rollouts of one release that differ only in their seeds. */
export type Play = PlayedLadder | PlayedHold;

export interface PlayedLadder {
  rule: RuleName;
  scenario: ScenarioName;
  base: number;
  ratio: number;
}

/** One hold of a ladder, in which something changes. */
export interface PlayedHold {
  rule: RuleName;
  changing: ChangingName;
}

export interface Played {
  outcome: 'rejected' | 'passed' | 'paused';
  /** Seconds from the start of the rollout. */
  afterS: number;
  /** The canary's requests until then, and how many of them were bad. */
  exposed: number;
  failed: number;
}

interface Hold {
  weight: number;
  seconds: number;
}

/** The default alpha. */
export const ladder: readonly [Hold, ...Hold[]] = [
  { weight: 0.05, seconds: 600 },
  { weight: 0.2, seconds: 1_200 },
  { weight: 0.5, seconds: 1_800 },
];

/** One of three holds that share alpha. */
const hold: Hold = { weight: 0.2, seconds: holdS };

/** Simulates one rollout, judged by a rule. Traffic and errors depend only on the seed. */
export function playRollout(play: Play, seed: number): Played {
  const random = seeded(seed);
  const scenario =
    'changing' in play
      ? changing[play.changing].make(random)
      : scenarios[play.scenario](random, play.base, play.ratio);
  const { measured } = scenario;
  let [at, exposed, failed] = [0, 0, 0];
  let earlier: Evidence | undefined;
  for (const { weight, seconds } of 'changing' in play ? [hold] : ladder) {
    const judged = { metric: measured.metric, seconds, holds: ladder.length, earlier };
    const rule = rules[play.rule](judged);
    for (let second = 0; second < seconds; second++, at++) {
      const played = playSecond(random, scenario, { at, weight });
      const counts = countsOf(measured, played);
      exposed += counts.canary.total;
      failed += counts.canary.bad;
      if (rule.add(counts, played) === 'reject') {
        return { outcome: 'rejected', afterS: at + 1, exposed, failed };
      }
    }
    const ruling = rule.end();
    if (ruling === 'reject') return { outcome: 'rejected', afterS: at, exposed, failed };
    if (ruling !== 'pass') return { outcome: 'paused', afterS: at, exposed, failed };
    earlier = rule.evidence?.();
  }
  return { outcome: 'passed', afterS: at, exposed, failed };
}
