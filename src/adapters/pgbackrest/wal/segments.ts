/** Names and numbers of the segments of PostgreSQL's log. */
export const usualSegmentBytes = 16 * 1024 * 1024;

const perLogBytes = 2 ** 32;

export interface Segment {
  timeline: number;
  /** Counted from the beginning of the log, over all timelines. */
  number: number;
}

/** Of 24 hexadecimal digits; undefined for any other name. */
export function parseSegment(name: string, segmentBytes: number): Segment | undefined {
  const [, timeline, log, within] = /^([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})$/.exec(name) ?? [];
  if (timeline === undefined || log === undefined || within === undefined) return undefined;
  return {
    timeline: Number.parseInt(timeline, 16),
    number: Number.parseInt(log, 16) * (perLogBytes / segmentBytes) + Number.parseInt(within, 16),
  };
}

export function segmentName({ timeline, number }: Segment, segmentBytes: number): string {
  const perLog = perLogBytes / segmentBytes;
  return [timeline, Math.floor(number / perLog), number % perLog]
    .map((part) => part.toString(16).toUpperCase().padStart(8, '0'))
    .join('');
}

/** `0/3000028` as a number of bytes from the beginning of the log; undefined if it is not one. */
export function parseLsn(lsn: string): bigint | undefined {
  const [, high, low] = /^([0-9A-Fa-f]{1,8})\/([0-9A-Fa-f]{1,8})$/.exec(lsn) ?? [];
  if (high === undefined || low === undefined) return undefined;
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}

export function formatLsn(position: bigint): string {
  const parts = [position >> 32n, position & 0xffffffffn];
  return parts.map((part) => part.toString(16).toUpperCase()).join('/');
}

const pageBytes = 8_192n;
/** Of a page, and of the first one of a segment. */
const headers = [24n, 40n];

/** Where the record before one ends: with its page, if the next one is the first of another page. */
export function endBefore(lsn: bigint): bigint {
  const within = lsn % pageBytes;
  return headers.includes(within) ? lsn - within : lsn;
}

export function lsnOfSegment(number: number, segmentBytes: number): bigint {
  return BigInt(number) * BigInt(segmentBytes);
}

/**
 * The size of segments that agrees with every pair of a position and the segment that it is in.
 * PostgreSQL's usual one where it is among those that agree.
 */
export function inferSegmentBytes(seen: readonly { lsn: string; segment: string }[]): number {
  const sizes = [usualSegmentBytes];
  for (let size = 1024 * 1024; size <= 1024 ** 3; size *= 2) sizes.push(size);
  const agrees = (size: number) =>
    seen.every(({ lsn, segment }) => {
      const position = parseLsn(lsn);
      const within = Number.parseInt(segment.slice(16), 16);
      if (position === undefined || Number.isNaN(within)) return true;
      return Number((position & 0xffffffffn) / BigInt(size)) === within;
    });
  return sizes.find(agrees) ?? usualSegmentBytes;
}
