import type { BackupSet } from '../../../contracts/backups/backup-set.ts';
import type { Damage } from '../../../contracts/backups/store.ts';
import { missingBetween, type Archive } from '../wal/archive-listing.ts';

/**
 * The log that a set needs, and what follows it on its timeline: without a gap, each segment once.
 * pgBackRest's own verification does not notice a segment that is gone.
 */
export function judgeLog(set: BackupSet, archive: Archive, segmentBytes: number): Damage[] {
  const { wal, label } = set;
  if (wal === undefined) return [{ where: label, what: 'names no log' }];
  const first = wal.start.segment;
  const timeline = first.slice(0, 8);
  const newest = archive.segments
    .map(({ name }) => name)
    .filter((name) => name.startsWith(timeline) && name > wal.stop.segment)
    .at(-1);
  const last = newest ?? wal.stop.segment;
  const missing = missingBetween(archive, { first, last, segmentBytes });
  return [
    ...missing.map((name) => ({
      where: name,
      what:
        name <= wal.stop.segment
          ? 'is missing: the set cannot be restored'
          : 'is missing: a restore of this set ends before it',
    })),
    ...archive.duplicates
      .filter((name) => name >= first)
      .map((where) => ({ where, what: 'is stored more than once, with different content' })),
    ...archive.segments
      .filter(({ name, bytes }) => bytes === 0 && name >= first)
      .map(({ name }) => ({ where: name, what: 'is empty' })),
  ];
}

/** What is wrong with the set, and what only with the log after its end. */
export function splitByPosition(
  { wal }: BackupSet,
  damage: readonly Damage[],
): { own: Damage[]; later: Damage[] } {
  const isLater = ({ where }: Damage) => {
    const segment = where.includes('/pg_data/') ? undefined : nameOfSegment.exec(where)?.[1];
    return wal !== undefined && segment !== undefined && segment > wal.stop.segment;
  };
  return {
    own: damage.filter((one) => !isLater(one)),
    later: damage.filter((one) => isLater(one)),
  };
}

/** As it is listed, or with its path and checksum in the archive. */
const nameOfSegment = /(?:^|\/)([0-9A-F]{24})(?:-[^/]*)?$/;
