const leastMs = 5_000;
/** One or two may be late or lost. */
const samples = 10;
const soonestMs = 500;
/** So many targets are looked at each time without doing that more seldom. */
const fewTargets = 10;
/** What is sampled is in the history of the run. */
const mostSamples = 600;

interface RecoveryFacts {
  /** Since the removal. */
  sinceMs: number;
  /** How many targets are looked at each time. */
  targets: number;
}

/**
 * How long recovery is measured at once: longer the longer it takes, so that the history of a slow one stays
 * small. `answerMs`: how long the slowest query takes. `comparedMs`: how long two tracks were compared before the fault,
 * since it takes as many requests again.
 */
export function recoveryWindowMs(
  { sinceMs, targets }: RecoveryFacts,
  { everyMs, answerMs, comparedMs = 0 }: { everyMs: number; answerMs: number; comparedMs?: number },
): number {
  const grown = Math.round((sinceMs / 10) * seldomFor(targets));
  return Math.max(leastMs, samples * everyMs, comparedMs, grown) + answerMs;
}

/** How often each metric is sampled in a window of this length: as written, or more seldom in a long one. */
export function recoverySamplesEveryMs(everyMs: number, lengthMs: number): number {
  return Math.max(everyMs, Math.ceil(lengthMs / mostSamples));
}

/** How long to wait before a target is looked at again that does not run. `keptForMs`: it is gone unless somebody looks. */
export function recoveryPauseMs({ sinceMs, targets }: RecoveryFacts, keptForMs = Infinity): number {
  const seldomMs = (sinceMs / 20) * seldomFor(targets);
  return Math.max(soonestMs, Math.min(seldomMs, keptForMs / 3));
}

function seldomFor(targets: number): number {
  return Math.max(1, targets / fewTargets);
}
