import type { Evidence, LogRatios } from '../../../contracts/kernel/counted-evidence.ts';
import { withoutShared } from './dispersion.ts';
import { logOfMean } from './log-ratios.ts';

/**
 * The belief in when a release became bad (it adds up to 1): at the hold's start, at any of the looks
 * that the hold is planned to have, each as likely, or at a look after them. A share costs
 * ln(1 / share) of evidence, so a release that is bad from its first request is found nearly as
 * early as if nothing else could happen.
 */
const belief = { atTheStart: 0.5, atALook: 0.45, afterwards: 0.05 };

/** Where nobody has planned when the hold ends. */
export const looksOfAnOpenHold = 300;

/** The share of the belief that a release became bad just before this look (the first is 1), of so many planned. */
export function shareOfStart(look: number, planned: number): number {
  if (look <= planned) return belief.atALook / planned;
  // The shares of all later looks add up to the whole: planned / (n (n - 1)) telescopes.
  return (belief.afterwards * planned) / (look * (look - 1));
}

/**
 * What a test has that knows of no other start than the first request, as one that may have begun
 * at any look: noEvidence, and what a hold had seen that an earlier version of Belay began. The
 * shares that have not started yet keep the expectation at most 1.
 */
export function withLaterStarts(evidence: Evidence): Evidence {
  const halved = (ratios: LogRatios) => ratios.map((log) => log + Math.log(belief.atTheStart));
  return { ...eachRow(evidence, halved), looks: 0 };
}

/**
 * Evidence at the start of a hold, after holds of the same rollout: of each, what became of its
 * starts goes on beside those of the new one, so that the sum over H holds has an expectation of at
 * most H. What has been decided is not carried: it was told, and whoever went on nevertheless knew it.
 * How unevenly stable failed is carried, but not what both tracks had in common: that may be over.
 */
export function continueInHold(
  begun: Evidence,
  earlier: Evidence | undefined,
  logThreshold: number,
): Evidence {
  if (earlier === undefined) return begun;
  const carry = (ratios: LogRatios, before: LogRatios) =>
    logOfMean(before) >= logThreshold
      ? ratios
      : ratios.map((log, row) => logOfSum(log, before[row]));
  return {
    ...begun,
    worse: carry(begun.worse, earlier.worse),
    canaryOffObjective: carry(begun.canaryOffObjective, earlier.canaryOffObjective),
    stableOffObjective: carry(begun.stableOffObjective, earlier.stableOffObjective),
    dispersion: withoutShared(earlier.dispersion),
  };
}

/**
 * Adds the starts just before this look: S <- S + w, to be multiplied by the look's likelihood
 * ratios. With the shares that have not started yet the sum is a nonnegative martingale where its
 * factors are: a mixture of e-processes over their start times (Shin, Ramdas and Rinaldo 2024,
 * e-detectors; with weights that add up to 1, as in Vovk and Wang 2021, alpha holds over the whole hold).
 */
export function startAtLook(evidence: Evidence, planned: number): Evidence {
  const looks = (evidence.looks ?? 0) + 1;
  const started = Math.log(shareOfStart(looks, planned));
  return { ...eachRow(evidence, (ratios) => ratios.map((log) => logOfSum(log, started))), looks };
}

/** What a release that is bad from the hold's start has to show more, for its share of the belief. */
export const costOfLaterStarts = -Math.log(belief.atTheStart);

function eachRow(evidence: Evidence, change: (ratios: LogRatios) => LogRatios): Evidence {
  return {
    ...evidence,
    worse: change(evidence.worse),
    canaryOffObjective: change(evidence.canaryOffObjective),
    stableOffObjective: change(evidence.stableOffObjective),
  };
}

/** ln(exp(one) + exp(other)), without leaving the logarithms. */
function logOfSum(one: number, other = -Infinity): number {
  const [high, low] = one > other ? [one, other] : [other, one];
  return high + Math.log1p(Math.exp(low - high));
}
