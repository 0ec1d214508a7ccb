import type { BackupSet, RepositoryContents } from '../../../contracts/backups/backup-set.ts';
import { readWal } from '../wal.ts';

/** Archived segments from before the oldest set: nothing can be restored with them. */
export interface SpareLog {
  segments: number;
  bytes: number;
}

export function spareLog(
  { wal = [] }: RepositoryContents,
  sets: readonly BackupSet[],
): SpareLog | undefined {
  const starts = sets.flatMap((set) => (set.wal === undefined ? [] : [set.wal.start]));
  const { numberOf } = readWal(wal, starts);
  const oldest = starts
    .map(({ timeline, segment }) => ({ timeline, number: numberOf(segment) }))
    .sort((one, other) => one.timeline - other.timeline || one.number - other.number)[0];
  if (oldest === undefined) return undefined;
  const spare = { segments: 0, bytes: 0 };
  for (const { timeline, first, last, segments, bytes } of wal) {
    if (timeline > oldest.timeline) continue;
    const before = Math.min(numberOf(last) + 1, oldest.number) - numberOf(first);
    if (before <= 0 || segments === 0) continue;
    spare.segments += before;
    spare.bytes += Math.round((bytes * before) / segments);
  }
  return spare;
}
