import { setTimeout as sleep } from 'node:timers/promises';
import { AgentError, type Attempt } from '../../contracts/kernel/agent-host.ts';

export interface LockPatience {
  withinMs: number;
  everyMs: number;
}

/** A backup of somebody else may take hours: an expiry is repeated anyway. */
export const lockPatience: LockPatience = { withinMs: 120_000, everyMs: 5_000 };

/**
 * Tries until nobody else works on the stanza. Undefined where somebody still does when the time is
 * over. Throws AgentError `away` where that is not waited for.
 */
export async function untilUnlocked<T>(
  attempt: Attempt,
  tryOnce: () => Promise<T | 'locked'>,
  { withinMs, everyMs }: LockPatience = lockPatience,
): Promise<T | undefined> {
  const ended = AbortSignal.any([attempt.cancelled, attempt.leaving]);
  const deadlineMs = performance.now() + withinMs;
  for (;;) {
    const found = await tryOnce();
    if (found !== 'locked') return found;
    if (performance.now() + everyMs > deadlineMs) return undefined;
    await sleep(everyMs, undefined, { signal: ended }).catch(() => {
      throw new AgentError('away', 'another pgBackRest works on the stanza, and is not waited for');
    });
  }
}
