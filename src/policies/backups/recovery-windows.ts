import type { JudgedRepository, JudgedSet } from './judge-sets.ts';
import { endFrom, type Wal, type WalStretch } from './wal.ts';

/** Any moment from the first to the last commit in the log, which was archived by the second. */
export interface RecoveryWindow {
  fromMs: number;
  untilMs: number;
}

/** No moment between the two can be restored. */
export interface RecoveryGap extends RecoveryWindow {
  why: string;
}

/** To what moments one can go back. */
export interface RecoveryRange {
  /** Oldest first; none overlaps another. */
  windows: readonly RecoveryWindow[];
  /** What lies between the windows, and after the last one. */
  gaps: readonly RecoveryGap[];
  /** Single moments, outside of the windows: the ends of sets. Oldest first. */
  moments: readonly { label: string; atMs: number }[];
}

/**
 * A target must be so long after the end of a set: the end is written down in whole seconds, so a
 * target within the same second may be before it.
 */
export const marginMs = 1_000;

/** The log that a set is rolled forward with. */
export interface LogOfSet {
  /** Where the set ends. */
  stretch: WalStretch;
  /** Where the log ends. */
  end: WalStretch;
}

export function logOf({ set }: JudgedSet, wal: Wal | undefined): LogOfSet | undefined {
  if (set.wal === undefined || wal === undefined) return undefined;
  const { timeline, segment } = set.wal.stop;
  const number = wal.numberOf(segment);
  const stretch = wal.find(timeline, number);
  return stretch && { stretch, end: endFrom(stretch, number) };
}

/** From when on a set can be rolled forward, and until when; undefined where its log does not go on. */
export function windowOf(
  judged: JudgedSet,
  wal: Wal | undefined,
): (RecoveryWindow & LogOfSet) | undefined {
  const log = logOf(judged, wal);
  const fromMs = judged.set.stoppedAtMs + marginMs;
  return log && fromMs <= log.end.lastAtMs
    ? { fromMs, untilMs: log.end.lastAtMs, ...log }
    : undefined;
}

interface Reached extends RecoveryWindow, LogOfSet {
  label: string;
}

/** Only what can be restored counts. */
export function recoveryWindows({ sets, wal }: JudgedRepository): RecoveryRange {
  const restorable = sets.filter(({ standing }) => standing === 'restorable');
  const reached = restorable
    .flatMap((judged): Reached[] => {
      const window = windowOf(judged, wal);
      return window === undefined ? [] : [{ ...window, label: judged.set.label }];
    })
    .sort((one, other) => one.fromMs - other.fromMs);
  const windows = joined(reached);
  return {
    windows: windows.map(({ fromMs, untilMs }) => ({ fromMs, untilMs })),
    gaps: wal === undefined ? [] : [...gapsBetween(windows, wal), ...gapAtEnd(windows, wal)],
    moments: restorable
      .map(({ set }) => ({ label: set.label, atMs: set.stoppedAtMs }))
      .filter(({ atMs }) => !windows.some((one) => within(atMs + marginMs, one)))
      .sort((one, other) => one.atMs - other.atMs),
  };
}

function within(atMs: number, { fromMs, untilMs }: RecoveryWindow): boolean {
  return atMs >= fromMs && atMs <= untilMs;
}

function joined(reached: readonly Reached[]): Reached[] {
  const all: Reached[] = [];
  for (const one of reached) {
    const before = all.at(-1);
    if (before === undefined || one.fromMs > before.untilMs) {
      all.push({ ...one });
    } else if (one.untilMs > before.untilMs) {
      before.untilMs = one.untilMs;
      before.end = one.end;
    }
  }
  return all;
}

function gapsBetween(windows: readonly Reached[], wal: Wal): RecoveryGap[] {
  return windows.slice(1).map((next, index) => {
    const before = windows[index] ?? next;
    const { stretch, label, fromMs } = next;
    const missing = missingBetween(before.end, stretch, wal);
    const why = `${missing}; the next set, ${label}, ended after that`;
    return { fromMs: before.untilMs, untilMs: fromMs, why };
  });
}

/** What was archived since cannot be used: there is no set to roll forward from. */
function gapAtEnd(windows: readonly Reached[], wal: Wal): RecoveryGap[] {
  const last = windows.at(-1);
  if (last === undefined) return [];
  const later = wal.stretches.filter(({ lastAtMs }) => lastAtMs > last.untilMs);
  const [first] = later;
  if (first === undefined) return [];
  const why = `${missingBetween(last.end, first, wal)}; no set was made after that`;
  const untilMs = Math.max(...later.map(({ lastAtMs }) => lastAtMs));
  return [{ fromMs: last.untilMs, untilMs, why }];
}

function missingBetween(before: WalStretch, after: WalStretch, wal: Wal): string {
  const first = wal.nameOf(before.timeline, before.last + 1);
  if (after.timeline !== before.timeline) {
    if (after.first <= before.last) {
      return `timeline ${after.timeline} left timeline ${before.timeline} before the last set of that ended`;
    }
    return `WAL of timeline ${after.timeline} does not follow that of timeline ${before.timeline}, which ends before ${first}`;
  }
  const last = wal.nameOf(after.timeline, after.first - 1);
  return first === last
    ? `WAL segment ${first} is missing`
    : `WAL segments from ${first} to ${last} are missing`;
}
