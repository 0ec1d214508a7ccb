import type { WalPosition, WalRange } from '../../contracts/backups/backup-set.ts';

/** Segments of one timeline without a gap; numbers count segments from the beginning of the log. */
export interface WalStretch {
  timeline: number;
  first: number;
  last: number;
  firstAtMs: number;
  lastAtMs: number;
  /** Later timelines that begin within it, or right after it. */
  forks: WalStretch[];
}

/** What all archives together have of one log. */
export interface Wal {
  stretches: readonly WalStretch[];
  numberOf(segment: string): number;
  numberOfLsn(lsn: string): number;
  nameOf(timeline: number, number: number): string;
  /** The stretch with this segment; undefined where it is not archived. */
  find(timeline: number, number: number): WalStretch | undefined;
}

/** The positions tell how large a segment is; without any, it is 16 MiB, as PostgreSQL has it. */
export function readWal(ranges: readonly WalRange[], positions: readonly WalPosition[]): Wal {
  const perLog = segmentsPerLog(positions);
  const numberOf = (segment: string) =>
    Number.parseInt(segment.slice(8, 16), 16) * perLog + Number.parseInt(segment.slice(16), 16);
  const stretches = merged(
    ranges.map(({ timeline, first, last, firstAtMs, lastAtMs }) => ({
      ...{ timeline, first: numberOf(first), last: numberOf(last) },
      ...{ firstAtMs, lastAtMs, forks: [] },
    })),
  );
  linkTimelines(stretches);
  return {
    stretches,
    numberOf,
    numberOfLsn: (lsn) => {
      const [high, low] = lsnParts(lsn);
      return high * perLog + Math.floor(low / (logBytes / perLog));
    },
    nameOf: (timeline, number) =>
      [timeline, Math.floor(number / perLog), number % perLog].map(eightDigits).join(''),
    find: (timeline, number) => findStretch(stretches, timeline, number),
  };
}

/** Where the log ends that goes on from this segment of a stretch, over every later timeline. */
export function endFrom(stretch: WalStretch, number: number): WalStretch {
  return stretch.forks
    .filter((fork) => fork.first >= number)
    .map((fork) => endFrom(fork, fork.first))
    .reduce((one, other) => (other.lastAtMs > one.lastAtMs ? other : one), stretch);
}

/** A position as numbers, for whoever compares many: timeline, and the two halves of its LSN. */
export type ParsedPosition = readonly [timeline: number, high: number, low: number];

export function parsePosition({ timeline, lsn }: WalPosition): ParsedPosition {
  return [timeline, ...lsnParts(lsn)];
}

/** By position, which no clock can turn round. */
export function compareParsed(one: ParsedPosition, other: ParsedPosition): number {
  return one[0] - other[0] || one[1] - other[1] || one[2] - other[2];
}

export function compareLsn(one: string, other: string): number {
  return compareParsed([0, ...lsnParts(one)], [0, ...lsnParts(other)]);
}

function lsnParts(lsn: string): [number, number] {
  const [high = '0', low = '0'] = lsn.split('/');
  return [Number.parseInt(high, 16), Number.parseInt(low, 16)];
}

function eightDigits(number: number): string {
  return number.toString(16).toUpperCase().padStart(8, '0');
}

const logBytes = 2 ** 32;
const usualSegmentBytes = 2 ** 24;
const segmentSizes = Array.from({ length: 11 }, (_, index) => 2 ** (20 + index));

function segmentsPerLog(positions: readonly WalPosition[]): number {
  for (const { segment, lsn } of positions) {
    const inLog = Number.parseInt(segment.slice(16), 16);
    if (inLog === 0) continue;
    const [, offset] = lsnParts(lsn);
    const bytes = segmentSizes.find((size) => Math.floor(offset / size) === inLog);
    if (bytes !== undefined) return logBytes / bytes;
  }
  return logBytes / usualSegmentBytes;
}

function merged(stretches: WalStretch[]): WalStretch[] {
  const all: WalStretch[] = [];
  for (const one of stretches.sort(byPlace)) {
    const before = all.at(-1);
    if (before?.timeline === one.timeline && one.first <= before.last + 1) {
      before.last = Math.max(before.last, one.last);
      before.firstAtMs = Math.min(before.firstAtMs, one.firstAtMs);
      before.lastAtMs = Math.max(before.lastAtMs, one.lastAtMs);
    } else {
      all.push(one);
    }
  }
  return all;
}

function byPlace(one: WalStretch, other: WalStretch): number {
  return one.timeline - other.timeline || one.first - other.first;
}

/** A timeline begins in the segment in which the one before it ended, or in the next. */
function linkTimelines(stretches: readonly WalStretch[]): void {
  const beginnings = stretches.filter(
    ({ timeline }, index) => stretches[index - 1]?.timeline !== timeline,
  );
  for (const beginning of beginnings) {
    const { timeline, first } = beginning;
    const parent = stretches.findLast(
      (one) => one.timeline < timeline && one.first <= first && first <= one.last + 1,
    );
    parent?.forks.push(beginning);
  }
}

function findStretch(
  stretches: readonly WalStretch[],
  timeline: number,
  number: number,
): WalStretch | undefined {
  let [low, high] = [0, stretches.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const stretch = stretches[middle];
    if (stretch === undefined) return undefined;
    if (stretch.timeline < timeline || (stretch.timeline === timeline && stretch.last < number)) {
      low = middle + 1;
    } else if (stretch.timeline > timeline || stretch.first > number) {
      high = middle - 1;
    } else {
      return stretch;
    }
  }
  return undefined;
}
