import type { BackupSet } from '../../../contracts/backups/backup-set.ts';
import type { RestoreTarget } from '../../../contracts/backups/store.ts';
import { missingBetween, reachedFrom, type Archive } from '../wal/archive-listing.ts';
import { lsnOfSegment, parseLsn, parseSegment } from '../wal/segments.ts';

export interface WantedRestore {
  label: string;
  target: RestoreTarget;
  sets: readonly BackupSet[];
  archive: Archive;
  segmentBytes: number;
  /** Folders of sets that are stored and not listed: they are being made, or were never finished. */
  unfinished: readonly string[];
  nowMs: number;
}

/** Why a restore could never reach its target; empty: nothing is known against it. */
export function judgeRestore(wanted: WantedRestore): string[] {
  const { label, sets, unfinished } = wanted;
  const set = sets.find((one) => one.label === label);
  if (set === undefined) {
    const why = unfinished.includes(label)
      ? 'is not finished: it is still being made, or what made it was ended'
      : `is not in the repository; it has: ${sets.map((one) => one.label).join(', ') || 'none'}`;
    return [`${label} ${why}`];
  }
  const { wal } = set;
  if (wal === undefined) return [`${label} names no log, so that nothing makes it consistent`];
  const listed = new Set(sets.map((one) => one.label));
  const lost = set.needs.filter((need) => !listed.has(need));
  const missing = missingBetween(wanted.archive, {
    ...{ first: wal.start.segment, last: wal.stop.segment },
    segmentBytes: wanted.segmentBytes,
  });
  return [
    ...(set.error === undefined ? [] : [`${label}: ${set.error}`]),
    ...(lost.length === 0 ? [] : [`${label} needs ${lost.join(', ')}, which the repository lacks`]),
    ...(missing.length === 0
      ? []
      : [`the log that ${label} needs to be consistent has a gap: ${missing.join(', ')}`]),
    ...judgeTarget(wanted, { ...set, wal }),
  ];
}

type SetWithLog = BackupSet & { wal: NonNullable<BackupSet['wal']> };

function judgeTarget(
  { target, archive, segmentBytes, nowMs }: WantedRestore,
  { label, wal, stoppedAtMs }: SetWithLog,
): string[] {
  switch (target.kind) {
    case 'set':
    case 'latest':
      return [];
    case 'time': {
      const at = new Date(target.atMs).toISOString();
      if (target.atMs > nowMs) return [`${at} is in the future`];
      // pgBackRest tells whole seconds. PostgreSQL stops at its first commit after an earlier target,
      // promotes, and says nothing.
      if (target.atMs < stoppedAtMs + 1_000) {
        const end = new Date(stoppedAtMs).toISOString();
        return [`${at} is not after the end of ${label} (${end}): choose an earlier set`];
      }
      return [];
    }
    case 'lsn': {
      const wanted = parseLsn(target.lsn);
      const stop = parseLsn(wal.stop.lsn);
      if (wanted === undefined)
        return [`${JSON.stringify(target.lsn)} is no position such as 0/3000028`];
      if (stop !== undefined && wanted < stop) {
        return [
          `${target.lsn} is before the end of ${label} (${wal.stop.lsn}): choose an earlier set`,
        ];
      }
      const ends = [reachedFrom(archive.ranges, wal.start.segment, segmentBytes)];
      // A position can also be on the timeline of the set, beyond where a later one left it.
      const own = archive.ranges.filter(({ timeline }) => timeline === wal.start.timeline);
      ends.push(reachedFrom(own, wal.start.segment, segmentBytes));
      const isReached = ends.some((end) => {
        const last = end === undefined ? undefined : parseSegment(end, segmentBytes);
        return last !== undefined && wanted < lsnOfSegment(last.number + 1, segmentBytes);
      });
      if (isReached) return [];
      const [reached] = ends;
      return [
        `${target.lsn} is beyond what can be reached from ${label} without a gap: the log ends with ${reached ?? 'nothing'}`,
      ];
    }
  }
}
