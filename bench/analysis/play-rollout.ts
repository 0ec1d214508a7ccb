import { seeded } from './random.ts';
import { rules, type RuleName } from './rules.ts';
import { countsOf, playSecond } from './scenario.ts';
import { scenarios, type ScenarioName } from './scenarios.ts';

/** Rollouts of one release that differ only in their seeds. */
export interface Play {
  rule: RuleName;
  scenario: ScenarioName;
  base: number;
  ratio: number;
}

export interface Played {
  outcome: 'rejected' | 'passed' | 'paused';
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

/** Simulates one rollout by the default ladder, judged by a rule. Traffic and errors depend only on the seed. */
export function playRollout({ rule, scenario: name, base, ratio }: Play, seed: number): Played {
  const random = seeded(seed);
  const scenario = scenarios[name](random, base, ratio);
  const { measured } = scenario;
  let [at, exposed, failed] = [0, 0, 0];
  for (const { weight, seconds } of ladder) {
    const hold = rules[rule]({ metric: measured.metric, seconds, holds: ladder.length });
    for (let second = 0; second < seconds; second++, at++) {
      const played = playSecond(random, scenario, { at, weight });
      const counts = countsOf(measured, played);
      exposed += counts.canary.total;
      failed += counts.canary.bad;
      if (hold.add(counts, played) === 'reject') return { outcome: 'rejected', exposed, failed };
    }
    const ruling = hold.end();
    if (ruling === 'reject') return { outcome: 'rejected', exposed, failed };
    if (ruling !== 'pass') return { outcome: 'paused', exposed, failed };
  }
  return { outcome: 'passed', exposed, failed };
}
