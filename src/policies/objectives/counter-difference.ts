import type {
  Counter,
  CounterReading,
  KeptReading,
} from '../../contracts/objectives/counter-reading.ts';

/** What was counted between two readings. */
export interface Increment {
  total: number;
  bad: number;
  /** A counter appeared, vanished or came back meanwhile: what it counted is not all in here. */
  isPartial: boolean;
  /** More bad requests than requests: the rest of them was dropped. */
  isClamped: boolean;
}

const hourMs = 3_600_000;

/**
 * The requests between two readings, counter by counter. One that started anew counts from zero, and
 * so does one that began since. One that is older, and seen for the first time, counts from then on.
 */
export function incrementBetween(before: KeptReading, after: CounterReading): Increment {
  const sum = { total: 0, bad: 0 };
  let isPartial = Object.keys(before.counters).some(
    (name) => after.counters[name] === undefined && before.missingSinceMs[name] === undefined,
  );
  for (const [name, now] of Object.entries(after.counters)) {
    const then = before.counters[name];
    if (before.missingSinceMs[name] !== undefined) isPartial = true;
    const start = startOf(now, then, before.atMs);
    if (start === undefined) {
      isPartial = true;
      continue;
    }
    sum.total += Math.max(0, now.total - start.total);
    sum.bad += Math.max(0, now.bad - start.bad);
  }
  const bad = Math.min(sum.bad, sum.total);
  return { total: sum.total, bad, isPartial, isClamped: sum.bad > sum.total };
}

const zero: Counter = { total: 0, bad: 0 };

/** What is to be taken off a counter; undefined where that is not known. */
function startOf(now: Counter, then: Counter | undefined, seenAtMs: number): Counter | undefined {
  if (then === undefined) {
    return now.sinceMs !== undefined && now.sinceMs >= seenAtMs ? zero : undefined;
  }
  return isAnew(now, then) ? zero : then;
}

/** Counters that have passed their former values since a restart show it by their beginning alone. */
function isAnew(now: Counter, then: Counter): boolean {
  const began = now.sinceMs !== undefined && then.sinceMs !== undefined;
  return (began && now.sinceMs !== then.sinceMs) || now.total < then.total || now.bad < then.bad;
}

/** The reading to take the next difference from. A counter that is missing is remembered for an hour. */
export function keepReading(before: KeptReading | undefined, after: CounterReading): KeptReading {
  const missing = Object.keys(before?.counters ?? {}).flatMap((name): [string, number][] => {
    if (after.counters[name] !== undefined) return [];
    const sinceMs = before?.missingSinceMs[name] ?? before?.atMs ?? after.atMs;
    return after.atMs - sinceMs < hourMs ? [[name, sinceMs]] : [];
  });
  const remembered = missing.map(([name]) => [name, before?.counters[name] ?? zero] as const);
  return {
    atMs: after.atMs,
    counters: { ...Object.fromEntries(remembered), ...after.counters },
    missingSinceMs: Object.fromEntries(missing),
  };
}
