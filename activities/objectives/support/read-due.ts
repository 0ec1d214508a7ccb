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

/** Minutes of an objective that were found. */
export interface ReadMinutes {
  name: string;
  minutes: Minute[];
  /** What the next difference is taken from; absent: what was known stays. */
  reading?: KeptReading;
}

interface Reading {
  readers: IndicatorReaders;
  readings: ReadonlyMap<string, KeptReading>;
  nowMs: number;
}

type Spec = Pick<SloMonitorSpec, 'environment' | 'lagMs'>;

type Answer = CounterReading | { failure: string };

/**
 * Reads what Prometheus is to be asked for, the oldest moment first, all objectives of a moment at once,
 * and hands out what it found of each moment. Only where it answers now is it asked about the minutes
 * before. Never throws: a source that fails is no data.
 */
export async function* readDue(
  { environment, lagMs }: Spec,
  objectives: readonly Objective[],
  { readers, readings, nowMs }: Reading,
): AsyncGenerator<ReadMinutes[]> {
  const readAt = (objective: Objective, atMs: number) =>
    answerOf(() => readers.readPast(environment, objective, atMs));
  const behind = objectives.map((objective) => {
    const before = measuredAlike(objective, readings.get(objective.name));
    return { objective, due: dueBoundaries(before?.atMs, { nowMs, lagMs, most: mostBacklog }) };
  });
  const newestMs = minuteOf(nowMs - lagMs);
  const asked = behind.filter(({ due }) => due.at(-1) === newestMs);
  const newest = await Promise.all(
    asked.map(async ({ objective, due }) => ({
      ...{ objective, due, answer: await readAt(objective, newestMs) },
    })),
  );
  const silent = newest.flatMap(({ objective: { name }, answer }) =>
    'failure' in answer
      ? [{ name, minutes: [silentMinute(newestMs - minuteMs, answer.failure)] }]
      : [],
  );
  if (silent.length > 0) yield silent;
  const answering = newest.filter(({ answer }) => !('failure' in answer));
  const earlier = new Set(answering.flatMap(({ due }) => due.slice(0, -1)));
  for (const atMs of [...earlier].sort((one, other) => one - other)) {
    const of = answering.filter(({ due }) => due.includes(atMs));
    const answers = await Promise.all(
      of.map(async ({ objective }) => ({ objective, answer: await readAt(objective, atMs) })),
    );
    yield answers.flatMap(({ objective, answer }) => goOn(objective, readings, answer));
  }
  yield answering.flatMap(({ objective, answer }) => goOn(objective, readings, answer));
}

/** What has no past is read where a minute ends, or not at all. */
const boundaryToleranceMs = 10_000;

function isAtBoundary(nowMs: number): boolean {
  const sinceMs = nowMs - minuteOf(nowMs);
  return Math.min(sinceMs, minuteMs - sinceMs) <= boundaryToleranceMs;
}

/** What the local platform has counted by now. Never throws. */
export async function readPlatform(
  { environment }: Spec,
  objective: Objective,
  { readers, readings, nowMs }: Reading,
): Promise<ReadMinutes[]> {
  if (!isAtBoundary(nowMs)) return [];
  const answer = await answerOf(() => readers.readPresent(environment, objective));
  if (!('failure' in answer)) return goOn(objective, readings, answer);
  const minutes = [silentMinute(minuteOf(nowMs) - minuteMs, answer.failure)];
  return [{ name: objective.name, minutes }];
}

/** Probes and pushed counts have no counters, but may be another source than before as well. */
export function countedBy(
  objective: Objective,
  minutes: Minute[],
  before: KeptReading | undefined,
): ReadMinutes {
  const { name } = objective;
  const [first] = minutes;
  const by = measuredBy(objective);
  if (first === undefined || before?.measuredBy === by) return { name, minutes };
  const reading: KeptReading = {
    ...{ atMs: first.atMs, counters: {}, missingSinceMs: {}, measuredBy: by },
    ...(before?.measuredBy !== undefined && { changedAtMs: first.atMs }),
  };
  return { name, minutes, reading };
}

async function answerOf(read: () => Promise<CounterReading>): Promise<Answer> {
  try {
    return await read();
  } catch (error) {
    return { failure: error instanceof Error ? error.message.slice(0, 300) : String(error) };
  }
}

/** Undefined where it was measured in another way: nothing is subtracted from that. */
function measuredAlike(
  objective: Objective,
  before: KeptReading | undefined,
): KeptReading | undefined {
  const by = measuredBy(objective);
  return before?.measuredBy === undefined || before.measuredBy === by ? before : undefined;
}

/** The minutes up to a reading. One of the same boundary as the last one is nothing to go on from. */
function goOn(
  objective: Objective,
  readings: ReadonlyMap<string, KeptReading>,
  answer: Answer,
): ReadMinutes[] {
  if ('failure' in answer) return [];
  const { name } = objective;
  const last = readings.get(name);
  const before = measuredAlike(objective, last);
  const minutes = before === undefined ? [] : countMinutes(before, answer);
  if (before !== undefined && minutes.length === 0) return [];
  const changedAtMs = last === before ? last?.changedAtMs : minuteOf(answer.atMs);
  const why = 'it is measured in another way from here on';
  const changed = last === before ? [] : [silentMinute(minuteOf(answer.atMs) - minuteMs, why)];
  const reading: KeptReading = {
    ...keepReading(before, answer),
    measuredBy: measuredBy(objective),
    ...(changedAtMs !== undefined && { changedAtMs }),
  };
  return [{ name, minutes: [...changed, ...minutes], reading }];
}
