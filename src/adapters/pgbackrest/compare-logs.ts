import type { BackupSet } from '../../contracts/backups/backup-set.ts';
import { missingBetween, type Archive } from './wal/archive-listing.ts';

interface Side {
  name: string;
  archive: Archive;
  segmentBytes: number;
}

export interface LogsOfTwo {
  original: BackupSet;
  set: BackupSet;
  first: Side;
  second: Side;
}

/** Whether two repositories lead to the end of the new set, each from its own set, by the same log. */
export function compareLogs({
  original,
  set,
  first,
  second,
}: LogsOfTwo): { ok: true; proof: string } | { ok: false; reasons: string[] } {
  if (original.wal === undefined || set.wal === undefined) {
    return { ok: false, reasons: ['a set without a log cannot be compared'] };
  }
  const last = set.wal.stop.segment;
  const from = { first: original.wal.start.segment, last };
  const reasons: string[] = [];
  if (original.identity !== set.identity) {
    reasons.push(
      `they are of two clusters: ${original.identity ?? '?'} and ${set.identity ?? '?'}`,
    );
  }
  if (original.wal.start.timeline !== set.wal.start.timeline) {
    reasons.push(
      `${original.label} is of timeline ${original.wal.start.timeline}, and ${set.label} of ${set.wal.start.timeline}`,
    );
  }
  const lacking = [
    {
      side: first,
      missing: missingBetween(first.archive, { ...from, segmentBytes: first.segmentBytes }),
    },
    {
      side: second,
      missing: missingBetween(second.archive, {
        ...{ first: set.wal.start.segment, last },
        segmentBytes: second.segmentBytes,
      }),
    },
  ];
  for (const { side, missing } of lacking) {
    if (missing.length > 0) reasons.push(`repository ${side.name} lacks ${missing.join(', ')}`);
  }
  const { same, different } = compareSegments(first.archive, second.archive, set.wal.start.segment);
  reasons.push(...different.map((name) => `segment ${name} differs between the repositories`));
  if (reasons.length > 0) return { ok: false, reasons };
  return {
    ok: true,
    proof: `both repositories lead to ${set.wal.stop.lsn} (segment ${last}); ${same} segments that both have from there on have the same checksums`,
  };
}

function compareSegments(first: Archive, second: Archive, from: string) {
  const checksums = new Map(first.segments.map(({ name, checksum }) => [name, checksum]));
  const both = second.segments.filter(({ name }) => name >= from && checksums.has(name));
  const different = both.filter(({ name, checksum }) => checksums.get(name) !== checksum);
  return { same: both.length - different.length, different: different.map(({ name }) => name) };
}
