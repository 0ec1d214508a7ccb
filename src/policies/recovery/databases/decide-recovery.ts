import type { JudgedPrimary } from './judge-death.ts';
import type { DatabasePlan } from '../../../specs/recovery/database-plan.ts';
import type { LedBy } from './managed/describe-change.ts';
import { formatDuration } from '../../../specs/kernel/duration.ts';

/** A primary about which people are asked. */
export interface MissedPrimary {
  node: string;
  why: string;
  sinceMs: number;
  hasEnded: boolean;
  /** For how many agents somebody answered, where too few did: it is judged again once more do. */
  answered?: number;
  /** How often it was judged again already, and nothing came of that. */
  judgedAgain?: number;
}

/** What a watch remembers of what it did, also when it continues as new. */
export interface WatchMemory {
  /** The primary that was watched last, by its name. */
  watched?: string;
  /** Its timeline, when it was seen last. */
  timeline?: number;
  /** Of the last automatic failover, unless it was acknowledged. */
  failedOverAtMs?: number;
  /** The last time a server was restarted in place, so that one that dies again is not for ever. */
  restartedAtMs?: number;
  /** Of a database that a manager is in charge of: who led last. */
  led?: LedBy;
  /** Since when nobody has led there; absent: somebody does. */
  unledSinceMs?: number;
  /** Instances that took writes, too, when they were last asked; absent: none did. */
  alsoWriting?: readonly string[];
  /** Absent: nobody is asked. */
  missed?: MissedPrimary;
}

export type Decision =
  { act: 'watch' } | { act: 'restart' } | { act: 'fail-over' } | { act: 'ask'; why: string };

const restartAgainAfterMs = 600_000;

const longestQuietMs = 600_000;

/** For how long agents that answer are no news: one may tell of its node, and never look at the primary. */
export function quietForMs({ judgedAgain = 0 }: MissedPrimary, everyMs: number): number {
  return judgedAgain === 0 ? 0 : Math.min(everyMs * 2 ** judgedAgain, longestQuietMs);
}

/** What a watch does about what it saw. It acts by itself only where the plan says so, and once. */
export function decideRecovery(
  judged: JudgedPrimary & { hasEnded: boolean },
  plan: Pick<DatabasePlan, 'automatic' | 'automaticAgainAfterMs' | 'restartFirst'>,
  { failedOverAtMs, restartedAtMs }: WatchMemory,
  nowMs: number,
): Decision {
  const { verdict, why, hasEnded } = judged;
  if (verdict === 'alive' || verdict === 'unsettled') return { act: 'watch' };
  if (verdict !== 'down') return { act: 'ask', why };
  const restartedLately =
    restartedAtMs !== undefined && nowMs < restartedAtMs + restartAgainAfterMs;
  if (hasEnded && plan.restartFirst !== undefined && !restartedLately) return { act: 'restart' };
  if (!plan.automatic) {
    return { act: 'ask', why: `${why}. The plan says automatic: false, so a person fails over` };
  }
  const againAtMs = (failedOverAtMs ?? -Infinity) + plan.automaticAgainAfterMs;
  if (nowMs >= againAtMs) return { act: 'fail-over' };
  return {
    act: 'ask',
    why: `${why}. It failed over by itself less than ${formatDuration(plan.automaticAgainAfterMs)} ago: acknowledge that, or fail over`,
  };
}
