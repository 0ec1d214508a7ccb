import type { BackupSet, RepositoryContents } from '../../contracts/backups/backup-set.ts';
import type { JudgedRepository } from './judge-sets.ts';

/** The sets of one repository that another lacks, oldest first. Damaged sets are not carried on. */
export function missingCopies(from: JudgedRepository, to: RepositoryContents): BackupSet[] {
  if (from.wal !== undefined) return missingWithLog(from, to);
  const there = new Set(to.sets.map(nameOf));
  return from.sets
    .filter(({ standing, set }) => standing === 'restorable' && !there.has(nameOf(set)))
    .map(({ set }) => set);
}

/**
 * A set that builds on its own log cannot be carried elsewhere: what is made there is a new one, which
 * stands for all that are older.
 */
function missingWithLog(from: JudgedRepository, to: RepositoryContents): BackupSet[] {
  const newest = from.sets.findLast(({ standing }) => standing === 'restorable')?.set;
  if (newest === undefined) return [];
  const isThere = to.sets.some(
    ({ error, stoppedAtMs }) => error === undefined && stoppedAtMs >= newest.stoppedAtMs,
  );
  return isThere ? [] : [newest];
}

/** A copy has a label of its own, and what made it is the same. */
function nameOf({ madeBy, startedAtMs }: BackupSet): string {
  return `${madeBy ?? ''} ${startedAtMs}`;
}
