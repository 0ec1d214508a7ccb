import { playSecond, type MakeScenario } from './scenarios.ts';
import { seeded } from './random.ts';
import type { Rule } from './rules.ts';

export interface Played {
  outcome: 'rejected' | 'passed' | 'paused';
  /** Requests that the canary had until then, and how many of them were bad. */
  exposed: number;
  failed: number;
}

interface Hold {
  weight: number;
  seconds: number;
}

/** The default ladder. */
const ladder: readonly Hold[] = [
  { weight: 0.05, seconds: 600 },
  { weight: 0.2, seconds: 1_200 },
  { weight: 0.5, seconds: 1_800 },
];

/** One rollout by the default ladder, judged by a rule. Traffic and errors depend on the seed alone. */
export function playRollout(
  rule: Rule,
  make: MakeScenario,
  { base, ratio, seed }: { base: number; ratio: number; seed: number },
): Played {
  const random = seeded(seed);
  const scenario = make(random, base, ratio);
  let [at, exposed, failed] = [0, 0, 0];
  for (const { weight, seconds } of ladder) {
    const hold = rule.hold(seconds, ladder.length);
    for (let second = 0; second < seconds; second++, at++) {
      const counts = playSecond(random, scenario, { at, weight });
      exposed += counts.canary.total;
      failed += counts.canary.bad;
      if (hold.add(counts) === 'reject') return { outcome: 'rejected', exposed, failed };
    }
    const ruling = hold.end();
    if (ruling === 'reject') return { outcome: 'rejected', exposed, failed };
    if (ruling !== 'pass') return { outcome: 'paused', exposed, failed };
  }
  return { outcome: 'passed', exposed, failed };
}
