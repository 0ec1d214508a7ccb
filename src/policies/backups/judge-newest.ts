import { shortLabel } from '../../render/backups/short-label.ts';
import type { JudgedRepository, JudgedSet } from './judge-sets.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import { standingDamage } from './standing-damage.ts';

export interface NewestSets {
  /** What is to be read back; the newest last. */
  chosen: readonly JudgedSet[];
  /** Why the newest set cannot be restored, even if reading it back finds nothing wrong. */
  unusable: readonly string[];
  /** That there is no set, or that the newest is too old. */
  outdated: readonly string[];
}

/**
 * Which sets a verification reads, and whether the newest is new enough: a set of yesterday that is
 * sound says nothing of today's backup, which failed.
 */
export function judgeNewest(
  { repository, sets }: Pick<JudgedRepository, 'repository' | 'sets'>,
  { which, maxAgeMs, nowMs }: { which: 'newest' | 'all'; maxAgeMs: number; nowMs: number },
): NewestSets {
  const own = sets.filter(({ standing }) => standing !== 'foreign');
  const newest = own.findLast(
    ({ standing }) => standing !== 'future' && standing !== 'safety-copy',
  );
  if (newest === undefined) {
    return { chosen: [], unusable: [], outdated: [`${repository} has no set`] };
  }
  const ageMs = nowMs - newest.set.stoppedAtMs;
  const isLate = ageMs > maxAgeMs;
  const age = `${shortLabel(newest.set.label)}, the newest set of ${repository}, is ${formatDuration(ageMs)} old`;
  const isBroken =
    newest.standing === 'unrestorable' && !(newest.entry && standingDamage(newest.entry));
  const broken = `${shortLabel(newest.set.label)}, the newest set of ${repository}, ${newest.why}`;
  return {
    chosen: which === 'all' ? own : [newest],
    unusable: isBroken ? [broken] : [],
    outdated: isLate ? [`${age}; at most ${formatDuration(maxAgeMs)} is accepted`] : [],
  };
}
