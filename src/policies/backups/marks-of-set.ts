import { markNonce } from '../../contracts/backups/store.ts';
import type { BackupSet } from '../../contracts/backups/backup-set.ts';
import type { SourceFacts } from '../../contracts/backups/store.ts';

/**
 * The mark that the run which made a set committed before it. Only known to be there on the timeline
 * of a primary: a standby takes no marks, and its promotion begins another timeline.
 */
export function marksOfSet(
  { madeBy, wal }: BackupSet,
  component: string,
  { database }: Pick<SourceFacts, 'database'>,
): string[] {
  const [runRef] = madeBy?.split('/') ?? [];
  const isOfPrimary = database?.role === 'primary' && wal?.start.timeline === database.at?.timeline;
  return runRef === undefined || !isOfPrimary ? [] : [markNonce(runRef, component)];
}
