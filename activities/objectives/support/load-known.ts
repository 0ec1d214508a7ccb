import type { KeptReading } from '../../../src/contracts/objectives/counter-reading.ts';
import { hourMs, minuteOf } from '../../../src/contracts/objectives/minute.ts';
import type { WatchOrder } from '../../../src/contracts/objectives/monitor.ts';
import type { ObjectiveStore } from '../../../src/contracts/objectives/objective-store.ts';
import { violationKey, type Violation } from '../../../src/contracts/objectives/violation.ts';
import { replaced } from '../../../src/policies/objectives/plan-violations.ts';
import type { Objective, SloMonitorSpec } from '../../../src/specs/objectives/objective.ts';
import { silentAfterOf, spanOf } from './judge-objectives.ts';
import { MinuteBook } from './minute-book.ts';

const weekMs = 7 * 24 * hourMs;

interface KeptReadings {
  /** What the next difference is taken from, by objective. */
  readings: Map<string, KeptReading>;
  /** What the ledger has of them. */
  written: Map<string, KeptReading>;
}

interface Loading {
  store: ObjectiveStore;
  nowMs: number;
  onLook(): void;
}

/** What an attempt goes on from, as the ledger has it. Readings that the worker has and the ledger has not stay. */
export async function loadKnown(
  { spec, told }: Pick<WatchOrder, 'spec' | 'told'>,
  { readings, written }: KeptReadings,
  { store, nowMs, onLook }: Loading,
): Promise<{ book: MinuteBook; violations: Violation[] }> {
  await loadReadings(spec, { readings, written }, store);
  onLook();
  const judgedMs = nowMs - spec.lagMs;
  const sinceOf = ({ name }: Objective) => readings.get(name)?.changedAtMs ?? 0;
  const book = new MinuteBook(judgedMs);
  await book.load(store, spec, {
    nowMs: judgedMs,
    beginOf: (each) => Math.max(spanOf(each, minuteOf(judgedMs)).fromMs, sinceOf(each)),
    silentAfterOf: (each) => silentAfterOf(each, spec.silentAfterMs),
    onStep: onLook,
  });
  return { book, violations: await loadViolations(spec, told, { store, nowMs }) };
}

async function loadReadings(
  { environment, objectives }: SloMonitorSpec,
  { readings, written }: KeptReadings,
  store: ObjectiveStore,
): Promise<void> {
  const names = objectives.map(({ name }) => name);
  await store.keepReadings(environment, names);
  const measured = new Set(names);
  for (const name of readings.keys()) if (!measured.has(name)) readings.delete(name);
  for (const [name, reading] of await store.listReadings(environment)) {
    if (!measured.has(name)) continue;
    written.set(name, reading);
    const kept = readings.get(name);
    if (kept === undefined || kept.atMs <= reading.atMs) readings.set(name, reading);
  }
}

/** Those of the last week, and writes down of which people were told meanwhile. */
async function loadViolations(
  { environment }: SloMonitorSpec,
  told: WatchOrder['told'],
  { store, nowMs }: Pick<Loading, 'store' | 'nowMs'>,
): Promise<Violation[]> {
  const closed = { fromMs: nowMs - weekMs, untilMs: nowMs + hourMs };
  const known = await store.listViolations({ environment, closed });
  const wasTold = new Map(told.map(({ key, of }) => [key, of]));
  const nowTold = known.flatMap((violation) => {
    const of = wasTold.get(violationKey(violation));
    return of === undefined || of === violation.told ? [] : [{ ...violation, told: of }];
  });
  await store.writeViolations(environment, nowTold);
  return replaced(known, nowTold);
}
