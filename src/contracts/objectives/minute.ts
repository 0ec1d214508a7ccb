/** How a minute came to its counts. */
export const qualities = [
  /** Everything was read at its beginning and at its end. */
  'counted',
  /** A source of counts appeared, vanished or came back meanwhile: some requests may be missing. */
  'partial',
  /** Counts of several minutes, divided evenly: which minute they belong to is not known. */
  'spread',
  /** More bad requests than requests were counted; the rest of them was dropped. */
  'clamped',
  /** Recorded by a person. */
  'by-hand',
  /** No data. */
  'none',
] as const;

export type Quality = (typeof qualities)[number];

/** What was counted in one minute of an objective. All requests are the good and the bad ones. */
export interface Minute {
  /** Its beginning, a multiple of 60,000. */
  atMs: number;
  good: number;
  bad: number;
  /** How much of it was measured, from 0 to 60,000. */
  coverageMs: number;
  quality: Quality;
  /** 1 when it is closed, and one more with each correction. */
  version: number;
  /** Why there is no data, or who recorded it. */
  why?: string;
}

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;

/** The minute that a moment is in. */
export function minuteOf(atMs: number): number {
  return Math.floor(atMs / minuteMs) * minuteMs;
}

/** The hour that a moment is in. */
export function hourOf(atMs: number): number {
  return Math.floor(atMs / hourMs) * hourMs;
}
