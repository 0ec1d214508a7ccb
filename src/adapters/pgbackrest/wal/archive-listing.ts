import type { WalRange } from '../../../contracts/backups/backup-set.ts';
import { parseSegment, segmentName } from './segments.ts';

export interface ListedFile {
  /** Relative to what was listed. */
  path: string;
  bytes: number;
  atMs: number;
}

export interface ArchivedSegment {
  name: string;
  /** SHA-1 of its content, as it was in PostgreSQL. */
  checksum: string;
  bytes: number;
  atMs: number;
}

/** What a repository has of the log. */
export interface Archive {
  /** The same in every listing: by name. */
  segments: readonly ArchivedSegment[];
  /** Stored more than once, with different content: PostgreSQL cannot be given one of them. */
  duplicates: readonly string[];
  ranges: readonly WalRange[];
}

const perSegment = /(?:^|\/)([0-9A-F]{24})-([0-9a-f]{40})(?:\.(?:gz|lz4|zst|bz2))?$/;

/** Files of `repo-ls --recurse --output=json`; throws where the answer is not one. */
export function parseListing(stdout: string): ListedFile[] {
  const listed = JSON.parse(stdout) as Record<
    string,
    { type?: string; size?: number; time?: number }
  >;
  return Object.entries(listed)
    .filter(([, { type }]) => type === 'file')
    .map(([path, { size = 0, time = 0 }]) => ({ path, bytes: size, atMs: time * 1000 }));
}

/** Segments that were not finished (`.partial`), histories and labels are no part of a range. */
export function readArchive(files: readonly ListedFile[], segmentBytes: number): Archive {
  const segments: ArchivedSegment[] = [];
  for (const { path, bytes, atMs } of files) {
    const [, name, checksum] = perSegment.exec(path) ?? [];
    if (name !== undefined && checksum !== undefined)
      segments.push({ name, checksum, bytes, atMs });
  }
  segments.sort((a, b) => (a.name < b.name ? -1 : 1));
  const names = segments.map(({ name }) => name);
  const duplicates = names.filter((name, index) => names[index - 1] === name);
  return {
    segments,
    duplicates: [...new Set(duplicates)],
    ranges: rangesOf(segments, segmentBytes),
  };
}

function rangesOf(segments: readonly ArchivedSegment[], segmentBytes: number): WalRange[] {
  const ranges: (WalRange & { next: number })[] = [];
  for (const { name, bytes, atMs } of segments) {
    const segment = parseSegment(name, segmentBytes);
    if (segment === undefined) continue;
    const open = ranges.at(-1);
    if (open?.last === name) {
      open.bytes += bytes;
    } else if (open?.timeline === segment.timeline && open.next === segment.number) {
      open.last = name;
      open.segments += 1;
      open.bytes += bytes;
      open.lastAtMs = atMs;
      open.next += 1;
    } else {
      const { timeline, number } = segment;
      const own = { first: name, last: name, segments: 1, bytes, firstAtMs: atMs, lastAtMs: atMs };
      ranges.push({ timeline, ...own, next: number + 1 });
    }
  }
  return ranges.map(({ next: _next, ...range }) => range);
}

/** Names of the segments that are missing from `first` to `last`, at most `limit` of them. */
export function missingBetween(
  archive: Archive,
  { first, last, segmentBytes }: { first: string; last: string; segmentBytes: number },
  limit = 20,
): string[] {
  const from = parseSegment(first, segmentBytes);
  const to = parseSegment(last, segmentBytes);
  if (from === undefined || to === undefined) return [];
  const there = new Set(archive.segments.map(({ name }) => name));
  const missing: string[] = [];
  for (let number = from.number; number <= to.number && missing.length < limit; number += 1) {
    const name = segmentName({ timeline: from.timeline, number }, segmentBytes);
    if (!there.has(name)) missing.push(name);
  }
  return missing;
}

/**
 * The last segment that recovery reaches from one on, without a gap. Where a later timeline begins
 * within what is reached, recovery follows it, as PostgreSQL does.
 */
export function reachedFrom(
  ranges: readonly WalRange[],
  from: string,
  segmentBytes: number,
): string | undefined {
  return pathFrom(ranges, from, segmentBytes).at(-1)?.last;
}

/** All segments that recovery replays from one on, in order. */
export function segmentsFrom(
  ranges: readonly WalRange[],
  from: string,
  segmentBytes: number,
): string[] {
  const begin = parseSegment(from, segmentBytes)?.number ?? 0;
  const path = pathFrom(ranges, from, segmentBytes);
  return path.flatMap(({ timeline, start, end }, index) => {
    const first = Math.max(begin, start);
    const last = (path[index + 1]?.start ?? end + 1) - 1;
    const numbers = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
    return numbers.map((number) => segmentName({ timeline, number }, segmentBytes));
  });
}

interface Stretch {
  timeline: number;
  last: string;
  start: number;
  end: number;
}

function pathFrom(ranges: readonly WalRange[], from: string, segmentBytes: number): Stretch[] {
  const numbered = ranges.map(({ timeline, first, last }) => ({
    ...{ timeline, last },
    start: parseSegment(first, segmentBytes)?.number ?? Infinity,
    end: parseSegment(last, segmentBytes)?.number ?? -1,
  }));
  const begin = parseSegment(from, segmentBytes);
  const own = numbered.find(
    ({ timeline, start, end }) =>
      timeline === begin?.timeline && start <= begin.number && begin.number <= end,
  );
  if (begin === undefined || own === undefined) return [];
  const path = [own];
  for (const next of numbered) {
    const reached = path.at(-1) ?? own;
    if (next.timeline <= reached.timeline) continue;
    if (next.start >= begin.number && next.start <= reached.end + 1) path.push(next);
  }
  return path;
}
