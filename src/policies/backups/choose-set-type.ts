import type { BackupSet, SetType } from '../../contracts/backups/backup-set.ts';
import { isSafetyCopy } from '../../contracts/backups/safety-copy.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';

export interface ChosenType {
  type: SetType;
  why: string;
}

/** With `auto`: a full set if no full set can be built on, or the last full set is old. */
export function chooseSetType(
  wanted: SetType | 'auto',
  sets: readonly BackupSet[],
  { nowMs, fullEveryMs }: { nowMs: number; fullEveryMs: number },
): ChosenType {
  if (wanted !== 'auto') return { type: wanted, why: 'asked for' };
  const full = sets.findLast(
    (set) => set.type === 'full' && set.error === undefined && !isSafetyCopy(set),
  );
  if (full === undefined) return { type: 'full', why: 'there is no full set to build on' };
  const ageMs = nowMs - full.stoppedAtMs;
  const age = `the last full set is ${formatDuration(Math.max(0, ageMs))} old`;
  return ageMs < fullEveryMs - slackMs
    ? { type: 'incremental', why: age }
    : { type: 'full', why: age };
}

/** A daily run begins a little earlier or later each day. */
const slackMs = 3_600_000;
