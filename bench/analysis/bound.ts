import type { TrackCounts } from '../../src/contracts/kernel/counted-evidence.ts';
import { looksOfAnOpenHold } from '../../src/policies/kernel/sequential/start-times.ts';
import {
  decideNow,
  evidenceAtStart,
  recordCounts,
  type SequentialTest,
} from '../../src/policies/kernel/sequential/weigh-evidence.ts';
import { meanOf, type Mean } from './proportion.ts';
import { binomial, seeded, type Random } from './random.ts';

export interface BoundFigures {
  base: number;
  ratio: number;
  /** The canary's requests until the rejection. */
  exposed: Mean;
  /** Wald's bound for the canary's requests. */
  wald: number;
}

const boundTest: SequentialTest = {
  ...{ alpha: 0.01, tolerance: 1, objective: 0.01, effect: 5, power: 0.8, bursts: false },
  looks: looksOfAnOpenHold,
};
const weight = 0.2;
/** Requests of both tracks between two evaluations: so few that evaluating adds no delay. */
const badPerLook = 0.2;

/** One hold without an end at 20 %, evaluated without delay. */
export function measureBound(base: number, ratio: number, runs: number): BoundFigures {
  const perCanary = (1 - weight) / weight;
  const canary = Math.max(1, Math.round(badPerLook / (base * (ratio + perCanary))));
  const totals = { canary, stable: Math.round(canary * perCanary) };
  const exposed = Array.from({ length: runs }, (_, nth) => {
    const random = seeded(nth + 1);
    let evidence = evidenceAtStart(boundTest);
    do {
      evidence = recordCounts(evidence, countRequests(random, totals, base, ratio), boundTest);
    } while (decideNow(evidence, boundTest) === undefined);
    return evidence.counts.canary.total;
  });
  const wald = waldBound({ base, ratio, weight, alpha: boundTest.alpha });
  return { base, ratio, exposed: meanOf(exposed), wald };
}

function countRequests(
  random: Random,
  { canary, stable }: { canary: number; stable: number },
  base: number,
  ratio: number,
): TrackCounts {
  return {
    canary: { total: canary, bad: binomial(random, canary, base * ratio) },
    stable: { total: stable, bad: binomial(random, stable, base) },
  };
}

interface BoundedTest {
  base: number;
  ratio: number;
  /** The canary's share of the requests. */
  weight: number;
  alpha: number;
}

/**
 * The canary's requests that any test of "no worse than stable" needs on average if it always rejects
 * this release: ln(1 / alpha) divided by the information in one of them and its share of stable's,
 * against the most similar null hypothesis (Wald 1945, with two samples).
 */
export function waldBound({ base, ratio, weight, alpha }: BoundedTest): number {
  const perCanary = (1 - weight) / weight;
  const pooled = (base * ratio + base * perCanary) / (1 + perCanary);
  const information = divergence(base * ratio, pooled) + perCanary * divergence(base, pooled);
  return -Math.log(alpha) / information;
}

function divergence(rate: number, other: number): number {
  return rate * Math.log(rate / other) + (1 - rate) * Math.log((1 - rate) / (1 - other));
}
