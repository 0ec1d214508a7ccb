import { minuteMs, minuteOf, type Minute } from '../../contracts/objectives/minute.ts';
import { emptyTally, type Tally } from '../../contracts/objectives/tally.ts';

/** From one moment until just before another. */
export interface Span {
  fromMs: number;
  untilMs: number;
}

export interface TallyOptions {
  /** Whole minutes; they may overlap. */
  exclusions: readonly Span[];
  /** Undefined: a minute without requests says nothing. */
  isGood(minute: Minute): boolean | undefined;
}

export function byTime(minutes: readonly Minute[]): Map<number, Minute> {
  return new Map(minutes.map((minute) => [minute.atMs, minute]));
}

/**
 * What the minutes of a time add up to. A minute that is not among them has no data. The time is
 * taken in whole minutes, and its four parts are exactly as long as it is.
 */
export function tallyMinutes(
  minutes: ReadonlyMap<number, Minute>,
  span: Span,
  { exclusions, isGood }: TallyOptions,
): Tally {
  const whole = { fromMs: minuteOf(span.fromMs), untilMs: minuteOf(span.untilMs) };
  const excluded = mergeWithin(exclusions, whole);
  const sum = { ...emptyTally };
  let missingMs = Math.max(0, lengthOf(whole));
  for (const part of excluded) sum.excludedMs += lengthOf(part);
  missingMs -= sum.excludedMs;
  for (const minute of minutesWithin(minutes, whole)) {
    if (excluded.some((part) => isWithin(part, minute.atMs))) continue;
    addMinute(sum, minute, isGood);
    missingMs -= minuteMs;
  }
  sum.noDataMs += missingMs;
  sum.unknownMs += missingMs;
  return sum;
}

function lengthOf({ fromMs, untilMs }: Span): number {
  return untilMs - fromMs;
}

function isWithin({ fromMs, untilMs }: Span, atMs: number): boolean {
  return atMs >= fromMs && atMs < untilMs;
}

/** A minute is excluded where its beginning is. */
function mergeWithin(exclusions: readonly Span[], { fromMs, untilMs }: Span): Span[] {
  const whole = (atMs: number) => Math.ceil(atMs / minuteMs) * minuteMs;
  const merged: Span[] = [];
  for (const each of exclusions.toSorted((one, other) => one.fromMs - other.fromMs)) {
    const from = Math.max(fromMs, whole(each.fromMs), merged.at(-1)?.untilMs ?? fromMs);
    const until = Math.min(untilMs, whole(each.untilMs));
    if (from < until) merged.push({ fromMs: from, untilMs: until });
  }
  return merged;
}

/** By asking for each of a short time, and by going through all where there are fewer. */
function* minutesWithin(minutes: ReadonlyMap<number, Minute>, span: Span): Iterable<Minute> {
  if (minutes.size * minuteMs < lengthOf(span)) {
    for (const minute of minutes.values()) if (isWithin(span, minute.atMs)) yield minute;
    return;
  }
  for (let { fromMs: atMs } = span; atMs < span.untilMs; atMs += minuteMs) {
    const minute = minutes.get(atMs);
    if (minute !== undefined) yield minute;
  }
}

function addMinute(sum: Tally, minute: Minute, isGood: TallyOptions['isGood']): void {
  const { good, bad, coverageMs, quality } = minute;
  const total = good + bad;
  const missingMs = minuteMs - coverageMs;
  sum.good += good;
  sum.bad += bad;
  sum.busiest = Math.max(sum.busiest, total);
  sum.noDataMs += missingMs;
  if (quality !== 'spread') sum.unknownMs += missingMs;
  const verdict = isGood(minute);
  if (verdict === undefined) {
    sum.noDataMs += coverageMs;
    sum.idleMs += coverageMs;
  } else if (verdict) {
    sum.goodMs += coverageMs;
  } else {
    sum.badMs += coverageMs;
  }
}

/** Reports add up a hundred thousand of them. */
export function addTallies(all: readonly Tally[]): Tally {
  const sum = { ...emptyTally };
  for (const each of all) {
    sum.good += each.good;
    sum.bad += each.bad;
    sum.goodMs += each.goodMs;
    sum.badMs += each.badMs;
    sum.noDataMs += each.noDataMs;
    sum.excludedMs += each.excludedMs;
    sum.idleMs += each.idleMs;
    sum.unknownMs += each.unknownMs;
    sum.busiest = Math.max(sum.busiest, each.busiest);
  }
  return sum;
}
