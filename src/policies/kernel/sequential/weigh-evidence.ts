import type {
  Counts,
  Evidence,
  LogRatios,
  TrackCounts,
} from '../../../contracts/kernel/counted-evidence.ts';
import { addCounts, addTo, badRate, faded, noCounts } from './counts.ts';
import {
  addInterval,
  addLook,
  noDispersion,
  overdispersion,
  overdispersionInTime,
} from './dispersion.ts';
import {
  addRatios,
  logOfMean,
  noRatios,
  ratioAgainstEffect,
  ratiosAgainstObjective,
  ratiosAgainstStable,
} from './log-ratios.ts';
import { powerOf } from './power.ts';
import { costOfLaterStarts, startAtLook, withLaterStarts } from './start-times.ts';

/** One metric's test in one hold. */
export interface SequentialTest {
  /** The probability with which this test may reject a release that is no worse, above 0. */
  alpha: number;
  /** The canary may be so many times as bad as stable. */
  tolerance: number;
  /** Share of bad requests that is still good, above 0. */
  objective: number;
  /** A hold passes if it would have found out a canary so many times worse than it may be ... */
  effect: number;
  /** ... with this probability. */
  power: number;
  /** Bad requests of one interval count as one: for errors that come in bursts. */
  bursts: boolean;
  /** A canary off the objective passes where stable is, too: it is to mend it. */
  cure?: true;
  /** The probability with which a canary that is so many times worse passes early; absent: none may. */
  beta?: number;
  /**
   * How often the hold is going to be looked at: a release may become bad at any of these looks, and
   * after them. Absent: only at the first.
   */
  looks?: number;
}

export type Decision =
  /** `chance`: the probability that a release that is no worse ever looks so bad in this test. */
  | { kind: 'worse'; chance: number }
  | { kind: 'good'; power: number; isEarly?: true }
  | { kind: 'mends-stable' }
  | { kind: 'too-little'; power: number }
  | { kind: 'off-objective'; stableToo: boolean };

export const noEvidence: Evidence = {
  counts: noCounts,
  worse: noRatios,
  canaryOffObjective: noRatios,
  stableOffObjective: noRatios,
  better: 0,
  dispersion: noDispersion,
  sinceLastRequest: 0,
};

/** The evidence before a hold's first look. */
export function evidenceAtStart({ looks }: Pick<SequentialTest, 'looks'>): Evidence {
  return looks === undefined ? noEvidence : withLaterStarts(noEvidence);
}

/**
 * Adds what both tracks counted between two looks. Where stable had traffic the canary is held
 * against it, else against the objective. `stableBlocks` is stable's part by source: how unevenly
 * its pods fail says how far independent requests are from the truth.
 */
export function recordCounts(
  before: Evidence,
  interval: TrackCounts,
  test: Omit<SequentialTest, 'alpha' | 'power'>,
  stableBlocks: readonly Counts[] = [interval.stable],
): Evidence {
  const { tolerance, objective, bursts, looks } = test;
  const evidence = looks === undefined ? before : startAtLook(knowingStarts(before), looks);
  const against = ({ canary, stable }: TrackCounts) =>
    stable.total > 0
      ? ratiosAgainstStable({ canary, stable }, tolerance)
      : ratiosAgainstObjective(canary, objective);
  const ofOneBad = () =>
    Math.max(...against({ ...interval, canary: { ...interval.canary, bad: 1 } }));
  const limit = bursts ? ofOneBad() : Infinity;
  // What both tracks share says nothing of which is worse, and much of how far a bound is exceeded by chance.
  const inTime = { overdispersion: overdispersionInTime(evidence.dispersion), limit };
  const between = { overdispersion: overdispersion(evidence.dispersion), limit };
  const offObjective = (sum: LogRatios, counts: Counts) =>
    addRatios(sum, ratiosAgainstObjective(counts, objective), inTime);
  return {
    ...evidence,
    ...(looks !== undefined && addLately(evidence, interval.canary, looks)),
    counts: addCounts(evidence.counts, interval),
    worse: addRatios(
      evidence.worse,
      against(interval),
      interval.stable.total > 0 ? between : inTime,
    ),
    canaryOffObjective: offObjective(evidence.canaryOffObjective, interval.canary),
    stableOffObjective: offObjective(evidence.stableOffObjective, interval.stable),
    better: addBetter(evidence, interval.canary, test),
    dispersion:
      looks === undefined
        ? stableBlocks.reduce((sum, block) => addInterval(sum, block), evidence.dispersion)
        : addLook(evidence.dispersion, interval.canary, stableBlocks),
  };
}

const latePart = 1 / 5;
const lastPart = 1 / 60;
/** One look has too few requests to say what is now. */
const leastLastLooks = 3;

function addLately(
  { lately = noCounts.canary, atLast = noCounts.canary }: Evidence,
  canary: Counts,
  looks: number,
): Pick<Evidence, 'lately' | 'atLast'> {
  const lastLooks = Math.max(leastLastLooks, lastPart * looks);
  return {
    lately: addTo(faded(lately, latePart * looks), canary),
    atLast: addTo(faded(atLast, lastLooks), canary),
  };
}

function knowingStarts(evidence: Evidence): Evidence {
  return evidence.looks === undefined ? withLaterStarts(evidence) : evidence;
}

/**
 * Where a release may become bad at any look, no more is kept than what lets it pass, so that the first
 * bad minute counts in full however many good ones came before. That is never more than the sum since
 * the hold's start, so beta holds.
 */
function addBetter(
  { better, dispersion }: Evidence,
  canary: Counts,
  {
    objective,
    effect,
    beta,
    looks,
  }: Pick<SequentialTest, 'objective' | 'effect' | 'beta' | 'looks'>,
): number {
  const added = ratioAgainstEffect(canary, objective, effect);
  if (looks === undefined) return better + added;
  const mostKept = beta === undefined ? Infinity : -Math.log(beta);
  return Math.min(better, mostKept) + added / overdispersionInTime(dispersion);
}

/** Worse, as soon as it is known; may be asked after every interval. */
export function decideNow(
  { worse }: Evidence,
  { alpha }: Pick<SequentialTest, 'alpha'>,
): Extract<Decision, { kind: 'worse' }> | undefined {
  const log = logOfMean(worse);
  return log >= -Math.log(alpha) ? { kind: 'worse', chance: Math.exp(-log) } : undefined;
}

/**
 * Good, before the hold's end: so many good requests that a canary worse by the effect would show
 * them with a probability of at most beta, and the traffic to find one out.
 */
export function decideGood(
  evidence: Evidence,
  { beta, ...test }: SequentialTest,
): Decision | undefined {
  if (beta === undefined || evidence.better < -Math.log(beta)) return undefined;
  const decision = decideAtEnd(evidence, test);
  return decision.kind === 'good' ? { ...decision, isEarly: true } : undefined;
}

/** What a hold that ends here has shown. */
export function decideAtEnd(evidence: Evidence, test: SequentialTest): Decision {
  const worse = decideNow(evidence, test);
  if (worse !== undefined) return worse;
  const { alpha, tolerance, objective, effect, looks } = test;
  const logThreshold = -Math.log(alpha);
  const isDecisive = (ratios: LogRatios) => logOfMean(ratios) >= logThreshold;
  const stableToo = isDecisive(evidence.stableOffObjective);
  if (isDecisive(evidence.canaryOffObjective)) {
    if (stableToo && test.cure) return { kind: 'mends-stable' };
    if (!hasRecovered(evidence, objective)) return { kind: 'off-objective', stableToo };
  } else if (stableToo && !test.cure && isLatelyOff(evidence, objective)) {
    return { kind: 'off-objective', stableToo };
  }
  const mayBe = Math.max(objective, tolerance * badRate(evidence.counts.stable));
  const power = powerOf(evidence.counts, Math.min(1, effect * mayBe), {
    tolerance,
    objective,
    logThreshold: logThreshold + (looks === undefined ? 0 : costOfLaterStarts),
  });
  return power >= test.power ? { kind: 'good', power } : { kind: 'too-little', power };
}

/** What was off the objective for a part of the hold may be over. */
function hasRecovered(evidence: Evidence, objective: number): boolean {
  const { counts, lately } = evidence;
  if (lately === undefined || badRate(counts.canary) > objective) return false;
  return !isLatelyOff(evidence, objective);
}

/**
 * Also of a canary that has too few requests to show what stable has shown: where stable is off the
 * objective, it has to be seen that the canary is not.
 */
function isLatelyOff({ lately, atLast }: Evidence, objective: number): boolean {
  return [lately, atLast].some((counts) => counts !== undefined && badRate(counts) > objective);
}
