import type { BackupSet } from '../../../src/contracts/backups/backup-set.ts';
import type { Archive } from '../../../src/adapters/pgbackrest/wal/archive-listing.ts';
import { readArchive } from '../../../src/adapters/pgbackrest/wal/archive-listing.ts';
import { segmentName, usualSegmentBytes } from '../../../src/adapters/pgbackrest/wal/segments.ts';

export function nameOf(number: number, timeline = 1): string {
  return segmentName({ timeline, number }, usualSegmentBytes);
}

/** A set whose log is in the segments `from` to `to`. */
export function exampleSet(
  label: string,
  { from, to = from, ...changes }: { from: number; to?: number } & Partial<BackupSet>,
): BackupSet {
  const at = (number: number, offset: string) => ({
    timeline: 1,
    segment: nameOf(number),
    lsn: `0/${(number * 2 ** 24 + Number.parseInt(offset, 16)).toString(16).toUpperCase()}`,
  });
  return {
    repository: 'main',
    label,
    type: 'full',
    needs: [],
    startedAtMs: from * 60_000,
    stoppedAtMs: from * 60_000 + 5_000,
    wal: { start: at(from, '28'), stop: at(to, '100') },
    bytes: 1_000,
    storedBytes: 100,
    identity: '7713496580846008763',
    ...changes,
  };
}

/** An archive with these segments, each of one kilobyte. */
export function archiveOf(
  numbers: readonly number[],
  { timeline = 1, checksum = 'a' }: { timeline?: number; checksum?: string } = {},
): Archive {
  const files = numbers.map((number) => ({
    path: `${nameOf(number, timeline).slice(0, 16)}/${nameOf(number, timeline)}-${checksum.repeat(40)}.lz4`,
    bytes: 1_000,
    atMs: number * 1_000,
  }));
  return readArchive(files, usualSegmentBytes);
}

export function upTo(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
