import type { RepositoryContents } from '../../../contracts/backups/backup-set.ts';
import type { Component } from '../../../contracts/backups/source.ts';
import type { RetentionRules, RetentionSpec } from '../../../specs/backups/retention.ts';
import { formatDuration } from '../../../specs/kernel/duration.ts';
import type { JudgedRepository, JudgedSet } from '../judge-sets.ts';
import { isLeft, type Reason } from './reasons.ts';

/** Whatever the rules say: without these, nothing could be relied on. */
export function keepNewest(restorable: readonly JudgedSet[]): [JudgedSet, Reason][] {
  const newest: [JudgedSet | undefined, string][] = [
    [restorable.at(-1), 'is the newest set that can be restored'],
    [
      restorable.findLast(({ entry }) => entry?.verified !== undefined),
      'is the newest set whose content was verified',
    ],
    [
      restorable.findLast(({ entry }) => entry?.proven !== undefined),
      'is the newest set that a drill has proven',
    ],
  ];
  return newest.flatMap(([judged, text]) => (judged ? [[judged, { text }]] : []));
}

/** Failed and damaged sets are evidence, and sometimes all that there is. */
export function keepUnrestorable(
  { sets }: JudgedRepository,
  { ageMs }: RetentionRules,
): [JudgedSet, Reason][] {
  const newest = sets.findLastIndex(({ standing }) => standing === 'restorable');
  const newestMs = sets[newest]?.set.startedAtMs ?? -Infinity;
  return sets.flatMap((judged, index): [JudgedSet, Reason][] => {
    if (judged.standing !== 'unrestorable') return [];
    const { startedAtMs } = judged.set;
    if (index > newest) {
      return [[judged, { text: `${judged.why}, and nothing newer can be restored` }]];
    }
    if (ageMs === undefined || startedAtMs <= newestMs - ageMs) return [];
    const text = `${judged.why}, and is younger than ${formatDuration(ageMs)}`;
    return [[judged, { text, untilMs: startedAtMs + ageMs }]];
  });
}

/** They are made without being planned, and are of use for a while only, whatever the other rules say. */
export function keepSafetyCopies(
  { sets }: JudgedRepository,
  { safetyCopiesMs }: Pick<RetentionSpec, 'safetyCopiesMs'>,
  nowMs: number,
): [JudgedSet, Reason][] {
  const text = `is a safety copy of a restore in place, and is younger than ${formatDuration(safetyCopiesMs)}`;
  return sets
    .filter(
      ({ standing, set }) => standing === 'safety-copy' && set.startedAtMs > nowMs - safetyCopiesMs,
    )
    .map((judged) => [judged, { text, untilMs: judged.set.startedAtMs + safetyCopiesMs }]);
}

/** What the sets of a repository need of this log is not known while it cannot be read. */
export function keepForUnread(
  { repositories }: Component,
  contents: readonly RepositoryContents[],
  { sets, wal }: JudgedRepository,
): [JudgedSet, Reason][] {
  if (wal === undefined) return [];
  const unread = repositories.filter(
    (name) => !contents.some(({ repository }) => repository === name),
  );
  if (unread.length === 0) return [];
  const text = `${unread.join(' and ')} could not be read, and may need log that expires with it`;
  return sets.filter((judged) => !isLeft(judged)).map((judged) => [judged, { text }]);
}

/** The newest proven set never expires, and nobody knows which one that is. */
export function keepUnknown({ sets }: JudgedRepository): [JudgedSet, Reason][] {
  const text = 'the catalogue could not be read, so which set was proven is not known';
  return sets.filter((judged) => !isLeft(judged)).map((judged) => [judged, { text }]);
}
