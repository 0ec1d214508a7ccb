const leastMs = 5_000;
/** One or two may be late or lost. */
const samples = 10;
const soonestMs = 500;
/** So many targets are looked at each time without doing that more seldom. */
const fewTargets = 10;

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

/** How long to wait before a target is looked at again that does not run. */
export function recoveryPauseMs({ sinceMs, targets }: RecoveryFacts): number {
  return Math.max(soonestMs, (sinceMs / 20) * seldomFor(targets));
}

function seldomFor(targets: number): number {
  return Math.max(1, targets / fewTargets);
}
