import type { Counts, LogRatios, TrackCounts } from '../../../contracts/kernel/counted-evidence.ts';
import { alternatives } from './alternatives.ts';

export const noRatios: LogRatios = alternatives.map(() => 0);

/**
 * What one interval says for each alternative against "the canary is at most `tolerance` times as
 * bad as stable". Given how many requests were bad in all, each of them fell on the canary with the
 * probability of its share of the traffic, whatever else went wrong in that interval: an incident
 * that both tracks share says nothing. Lindon, Sanden and Shirikian 2022 (sequential multinomial
 * tests), with two cells. Of a limited number of requests the bad ones are drawn without
 * replacement, which a convex function of them, as this is, only overrates (Hoeffding 1963): the
 * evidence's expectation is at most 1 where the canary is no worse.
 */
export function ratiosAgainstStable({ canary, stable }: TrackCounts, tolerance: number): LogRatios {
  if (canary.total === 0 || stable.total === 0) return noRatios;
  const fair = canary.total * tolerance;
  return alternatives.map(({ ratio }) => {
    const canaryFactor = (ratio * (fair + stable.total)) / (ratio * fair + stable.total);
    return canary.bad * Math.log(canaryFactor) + stable.bad * Math.log(canaryFactor / ratio);
  });
}

/**
 * What one interval says for each alternative against "at most a share `objective` (above 0, below
 * 1) of the requests is bad". No alternative is worse than every request being bad.
 */
export function ratiosAgainstObjective({ total, bad }: Counts, objective: number): LogRatios {
  return alternatives.map(({ ratio }) => {
    const rate = worseRate(objective, ratio);
    return (
      bad * Math.log(rate / objective) + (total - bad) * Math.log((1 - rate) / (1 - objective))
    );
  });
}

/**
 * The logarithm of how much likelier these requests are of a canary at the objective than of one
 * `effect` times worse. For that one, and for any worse, its expectation is at most 1.
 */
export function ratioAgainstEffect(
  { total, bad }: Counts,
  objective: number,
  effect: number,
): number {
  const rate = worseRate(objective, effect);
  return bad * Math.log(objective / rate) + (total - bad) * Math.log((1 - objective) / (1 - rate));
}

/**
 * Adds an interval's evidence. Where bad requests come in bursts they tell less than their number:
 * with an `overdispersion` (at least 1, known before the interval) the likelihood ratios are taken
 * to the power of 1 / overdispersion. With a `limit` an interval adds at most that. Either keeps
 * the expectation at most 1.
 */
export function addRatios(
  sum: LogRatios,
  interval: LogRatios,
  { overdispersion = 1, limit = Infinity }: { overdispersion?: number; limit?: number } = {},
): LogRatios {
  return sum.map((sumOfOne, index) => {
    const added = (interval[index] ?? 0) / overdispersion;
    return sumOfOne + Math.min(added, limit);
  });
}

/** Not every request can be bad, however many times worse it is. */
function worseRate(objective: number, ratio: number): number {
  return Math.min(ratio * objective, (1 + objective) / 2);
}

/**
 * The logarithm of the mean likelihood ratio over all alternatives. That mean starts at 1 and, for
 * a release that is no worse, ever reaches 1 / alpha with a probability of at most alpha (Ville's
 * inequality), however often it is looked at.
 */
export function logOfMean(ratios: LogRatios): number {
  const highest = Math.max(...ratios);
  const relative = alternatives.reduce(
    (sum, { share }, index) => sum + share * Math.exp((ratios[index] ?? 0) - highest),
    0,
  );
  return highest + Math.log(relative);
}
