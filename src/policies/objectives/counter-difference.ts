import type {
  Counter,
  CounterReading,
  KeptCounter,
  KeptReading,
} from '../../contracts/objectives/counter-reading.ts';
import { endedSeries, seriesIncrement, type SeriesIncrement } from './series-difference.ts';

/** What was counted between two readings. */
export interface Increment {
  total: number;
  bad: number;
  /** A counter appeared, vanished or came back meanwhile: what it counted is not all in here. */
  isPartial: boolean;
  /** More bad or more good requests than requests: the rest of them was dropped. */
  isClamped: boolean;
}

const hourMs = 3_600_000;
/** Start times that are computed from a clock move by so much without a restart. */
const startJitterMs = 5_000;
/** How old the samples of a reading may be: a process that began before that was in them already. */
const oldestSampleMs = 300_000;

/**
 * The requests between two readings, counter by counter. One that started anew counts from zero, and
 * so does one that began since. One that is older, and seen for the first time, counts from then on.
 * One that fell although its process goes on adds nothing: what it counted meanwhile is not known.
 */
export function incrementBetween(before: KeptReading, after: CounterReading): Increment {
  const sum = { total: 0, bad: 0 };
  let isPartial = Object.keys(before.counters).some(
    (name) => after.counters[name] === undefined && before.missingSinceMs[name] === undefined,
  );
  let isClamped = false;
  for (const [name, now] of Object.entries(after.counters)) {
    const then = before.counters[name];
    const missingSinceMs = before.missingSinceMs[name];
    const seenAtMs = missingSinceMs ?? before.atMs;
    const added = then === undefined ? addedByNew(now, before) : addedBy(now, then, seenAtMs);
    if (missingSinceMs !== undefined || added.isPartial) isPartial = true;
    if (added.bad < 0) isClamped = true;
    sum.total += added.total;
    sum.bad += Math.max(0, added.bad);
  }
  if (sum.bad > sum.total) isClamped = true;
  return { total: sum.total, bad: Math.min(sum.bad, sum.total), isPartial, isClamped };
}

const zero: Counter = { total: 0, bad: 0 };
const unknown: SeriesIncrement = { total: 0, bad: 0, isPartial: true };

/**
 * One that is in no reading that is remembered has never been read if it began since the oldest of
 * them: it counts whole, also what it counted before it was first scraped.
 */
function addedByNew(now: Counter, { atMs, firstAtMs = atMs }: KeptReading): SeriesIncrement {
  const rememberedSinceMs = Math.max(firstAtMs, atMs - hourMs);
  const isYoung = now.sinceMs !== undefined && now.sinceMs >= rememberedSinceMs;
  return isYoung ? { total: now.total, bad: now.bad, isPartial: false } : unknown;
}

function addedBy(now: Counter, then: KeptCounter, seenAtMs: number): SeriesIncrement {
  if (isAnew(now, then, seenAtMs)) return { total: now.total, bad: now.bad, isPartial: false };
  const isStartKnown = now.sinceMs !== undefined && then.sinceMs !== undefined;
  const bySeries = seriesIncrement(then, now, isStartKnown);
  if (bySeries !== undefined) return bySeries;
  if (!hasFallen(now, then)) {
    return { total: now.total - then.total, bad: now.bad - then.bad, isPartial: false };
  }
  // Where nothing says when the process began, a fall can only be its restart.
  return isStartKnown ? unknown : { total: now.total, bad: now.bad, isPartial: false };
}

/**
 * Counters that have passed their former values since a restart show it by their beginning alone. A
 * beginning before the last reading is no restart since, but a clock that was set, unless they fell.
 */
function isAnew(now: Counter, then: Counter, seenAtMs: number): boolean {
  if (now.sinceMs === undefined || then.sinceMs === undefined) return false;
  if (now.sinceMs - then.sinceMs <= startJitterMs) return false;
  return now.sinceMs >= seenAtMs - oldestSampleMs || hasFallen(now, then);
}

function hasFallen(now: Counter, then: Counter): boolean {
  return now.total < then.total || now.bad < then.bad;
}

/** The reading to take the next difference from. A counter that is missing is remembered for an hour. */
export function keepReading(before: KeptReading | undefined, after: CounterReading): KeptReading {
  const missing = Object.keys(before?.counters ?? {}).flatMap((name): [string, number][] => {
    if (after.counters[name] !== undefined) return [];
    const sinceMs = before?.missingSinceMs[name] ?? before?.atMs ?? after.atMs;
    return after.atMs - sinceMs < hourMs ? [[name, sinceMs]] : [];
  });
  const remembered = missing.map(([name]) => [name, before?.counters[name] ?? zero] as const);
  const seen = Object.entries(after.counters).map(([name, now]): [string, KeptCounter] => {
    const then = before?.counters[name];
    const seenAtMs = before?.missingSinceMs[name] ?? before?.atMs ?? after.atMs;
    if (then === undefined || isAnew(now, then, seenAtMs)) return [name, now];
    const ended = endedSeries(then, now);
    return [name, { ...now, ...(ended && { ended }) }];
  });
  return {
    atMs: after.atMs,
    firstAtMs: before === undefined ? after.atMs : (before.firstAtMs ?? before.atMs),
    counters: { ...Object.fromEntries(remembered), ...Object.fromEntries(seen) },
    missingSinceMs: Object.fromEntries(missing),
  };
}
