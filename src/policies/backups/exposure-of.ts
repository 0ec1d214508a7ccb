import type { JudgedRepository } from './judge-sets.ts';
import { recoveryWindows } from './recovery-windows.ts';

/**
 * What a loss of the source would lose at most now, by its archived log, where the source takes no
 * mark that would measure it; undefined where there is no log to go by.
 */
export function exposureOf(judged: JudgedRepository, nowMs: number): number | undefined {
  const last = recoveryWindows(judged).windows.at(-1);
  return last && Math.max(0, nowMs - last.untilMs);
}
