import type {
  CounterReading,
  KeptReading,
} from '../../../src/contracts/objectives/counter-reading.ts';
import type { IndicatorReaders } from '../../../src/contracts/objectives/indicator-readers.ts';
import { minuteMs, minuteOf, type Minute } from '../../../src/contracts/objectives/minute.ts';
import { keepReading } from '../../../src/policies/objectives/counter-difference.ts';
import { countMinutes, silentMinute } from '../../../src/policies/objectives/count-minutes.ts';
import { measuredBy } from '../../../src/policies/objectives/measured-by.ts';
import { dueBoundaries } from '../../../src/policies/objectives/due-boundaries.ts';
import type { Objective, SloMonitorSpec } from '../../../src/specs/objectives/objective.ts';

/** What Prometheus still knows is read minute by minute for so long; before that it is one difference. */
const mostBacklog = 360;

export interface ReadMinutes {
  minutes: Minute[];
  /** What the next difference is taken from; absent: what was known stays. */
  reading?: KeptReading;
}

/** What has no past is read where a minute ends, or not at all. */
const boundaryToleranceMs = 10_000;

function isAtBoundary(nowMs: number): boolean {
  const sinceMs = nowMs - minuteOf(nowMs);
  return Math.min(sinceMs, minuteMs - sinceMs) <= boundaryToleranceMs;
}

type Answer = CounterReading | { failure: string };

interface Reading {
  readers: IndicatorReaders;
  before: KeptReading | undefined;
  nowMs: number;
}

/**
 * The minutes of one objective since it was read last; it begins anew where it is measured in another
 * way than before. Never throws: a source that fails is no data.
 */
export async function readMinutes(
  spec: Pick<SloMonitorSpec, 'environment' | 'lagMs'>,
  objective: Objective,
  { readers, before, nowMs }: Reading,
): Promise<ReadMinutes> {
  const by = measuredBy(objective);
  const isSame = before?.measuredBy === undefined || before.measuredBy === by;
  const known = isSame ? before : undefined;
  const { minutes, reading } = await readSince(spec, objective, { readers, before: known, nowMs });
  if (reading === undefined) return { minutes };
  const why = 'it is measured in another way from here on';
  const changed = isSame ? [] : [silentMinute(minuteOf(reading.atMs) - minuteMs, why)];
  return { minutes: [...changed, ...minutes], reading: { ...reading, measuredBy: by } };
}

async function readSince(
  { environment, lagMs }: Pick<SloMonitorSpec, 'environment' | 'lagMs'>,
  objective: Objective,
  { readers, before, nowMs }: Reading,
): Promise<ReadMinutes> {
  if (objective.source.of === 'platform') {
    if (!isAtBoundary(nowMs)) return { minutes: [] };
    const answer = await answerOf(() => readers.readPresent(environment, objective));
    return 'failure' in answer
      ? { minutes: [silentMinute(minuteOf(nowMs) - minuteMs, answer.failure)] }
      : chain(before, [answer]);
  }
  const due = dueBoundaries(before?.atMs, { nowMs, lagMs, most: mostBacklog });
  const newestMs = due.at(-1);
  if (newestMs === undefined) return { minutes: [] };
  const readAt = (atMs: number) => answerOf(() => readers.readPast(environment, objective, atMs));
  const newest = await readAt(newestMs);
  if ('failure' in newest) {
    return { minutes: [silentMinute(newestMs - minuteMs, newest.failure)] };
  }
  // Only where it answers now is it asked about the minutes before.
  const earlier = await Promise.all(due.slice(0, -1).map(readAt));
  const known = earlier.filter((answer): answer is CounterReading => !('failure' in answer));
  return chain(before, [...known, newest]);
}

async function answerOf(read: () => Promise<CounterReading>): Promise<Answer> {
  try {
    return await read();
  } catch (error) {
    return { failure: error instanceof Error ? error.message.slice(0, 300) : String(error) };
  }
}

function chain(before: KeptReading | undefined, readings: readonly CounterReading[]): ReadMinutes {
  const minutes: Minute[] = [];
  let kept = before;
  for (const reading of readings) {
    const counted = kept === undefined ? [] : countMinutes(kept, reading);
    // A reading of the same boundary is nothing to go on from.
    if (kept !== undefined && counted.length === 0) continue;
    minutes.push(...counted);
    kept = keepReading(kept, reading);
  }
  return { minutes, ...(kept !== undefined && { reading: kept }) };
}
