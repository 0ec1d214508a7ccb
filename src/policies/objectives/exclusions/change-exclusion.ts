import type { Exclusion } from '../../../contracts/objectives/exclusion.ts';
import { minuteMs } from '../../../contracts/objectives/minute.ts';
import { isSamePerson } from './judge-exclusion.ts';

export type ExclusionChange = { exclusion: Exclusion } | { refusal: string };

/** Somebody else than its author says that it may be excluded, before it begins. */
export function approveExclusion(known: Exclusion, by: string, nowMs: number): ExclusionChange {
  const { id, withdrawnAtMs, approvedBy, fromMs } = known;
  if (withdrawnAtMs !== undefined) return { refusal: `${id} was cancelled` };
  if (approvedBy !== undefined) return { refusal: `${id} was already approved by ${approvedBy}` };
  if (fromMs <= nowMs) {
    return { refusal: `${id} has begun, and excludes nothing, because nobody approved it before` };
  }
  if (by.trim() === '') return { refusal: 'Somebody has to approve it: give a name with --as' };
  if (isSamePerson(known.by, by)) {
    return { refusal: `${by} announced ${id}; somebody else has to approve it` };
  }
  return { exclusion: { ...known, approvedBy: by, approvedAtMs: nowMs } };
}

/** What has passed stays as it was: maintenance that is going on ends with this minute. */
export function cancelExclusion(known: Exclusion, by: string, nowMs: number): ExclusionChange {
  const { id, withdrawnAtMs, fromMs, untilMs: plannedUntilMs } = known;
  if (withdrawnAtMs !== undefined) return { refusal: `${id} was already cancelled` };
  if (plannedUntilMs <= nowMs) {
    return { refusal: `${id} is over, and what was reported of it stays as it is` };
  }
  if (fromMs > nowMs) {
    return { exclusion: { ...known, withdrawnAtMs: nowMs, withdrawnBy: by } };
  }
  const untilMs = Math.ceil(nowMs / minuteMs) * minuteMs;
  const { endedEarly = { by, atMs: nowMs, plannedUntilMs } } = known;
  return { exclusion: { ...known, untilMs, endedEarly } };
}
