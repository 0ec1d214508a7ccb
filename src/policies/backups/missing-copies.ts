import type { BackupSet, RepositoryContents } from '../../contracts/backups/backup-set.ts';
import type { JudgedRepository } from './judge-sets.ts';

/** The sets of one repository that another lacks, oldest first. Damaged sets are not carried on. */
export function missingCopies(from: JudgedRepository, to: RepositoryContents): BackupSet[] {
  const there = new Set(to.sets.map(nameOf));
  return from.sets
    .filter(({ standing, set }) => standing === 'restorable' && !there.has(nameOf(set)))
    .map(({ set }) => set);
}

/** A copy has a label of its own, and what made it is the same. */
function nameOf({ madeBy, startedAtMs }: BackupSet): string {
  return `${madeBy ?? ''} ${startedAtMs}`;
}
