import type { Counts, TrackCounts } from '../../../contracts/kernel/counted-evidence.ts';
import { logOfMean, ratiosAgainstObjective, ratiosAgainstStable } from './log-ratios.ts';

/** The fewest bad requests of the canary's that would have decided, all else as it was. */
function badToDecide(
  { canary, stable }: TrackCounts,
  { tolerance, objective, logThreshold }: DecisionRule,
): number | undefined {
  const decides = (bad: number) => {
    const supposed: Counts = { total: canary.total, bad };
    const ratios =
      stable.total > 0
        ? ratiosAgainstStable({ canary: supposed, stable }, tolerance)
        : ratiosAgainstObjective(supposed, objective);
    return logOfMean(ratios) >= logThreshold;
  };
  if (!decides(canary.total)) return undefined;
  let [tooFew, enough] = [0, canary.total];
  while (enough - tooFew > 1) {
    const middle = Math.floor((tooFew + enough) / 2);
    if (decides(middle)) enough = middle;
    else tooFew = middle;
  }
  return enough;
}

interface DecisionRule {
  tolerance: number;
  /** Share of bad requests that is still good. */
  objective: number;
  /** Natural logarithm of the evidence that decides. */
  logThreshold: number;
}

/**
 * The probability that a canary with this rate of bad requests would have been found out by so
 * much traffic: the upper tail of the binomial distribution, summed from its logarithms.
 */
export function powerOf(traffic: TrackCounts, rate: number, rule: DecisionRule): number {
  const needed = badToDecide(traffic, rule);
  return needed === undefined ? 0 : binomialTail(traffic.canary.total, rate, needed);
}

/** P(X >= atLeast) for X binomial with `trials` and `rate`. */
function binomialTail(trials: number, rate: number, atLeast: number): number {
  if (atLeast <= 0) return 1;
  if (rate >= 1) return atLeast <= trials ? 1 : 0;
  if (rate <= 0) return 0;
  let log = trials * Math.log1p(-rate);
  let below = Math.exp(log);
  for (let bad = 1; bad < atLeast; bad++) {
    log += Math.log((trials - bad + 1) / bad) + Math.log(rate) - Math.log1p(-rate);
    below += Math.exp(log);
  }
  return Math.max(0, 1 - below);
}
