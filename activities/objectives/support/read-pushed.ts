import type { KeptReading } from '../../../src/contracts/objectives/counter-reading.ts';
import { minuteMs, minuteOf, type Minute } from '../../../src/contracts/objectives/minute.ts';
import type { ObjectiveStore } from '../../../src/contracts/objectives/objective-store.ts';
import { silentMinute } from '../../../src/policies/objectives/count-minutes.ts';
import { pushedForMs } from '../../../src/policies/objectives/pushed/problems-of-push.ts';
import { byTime } from '../../../src/policies/objectives/tally.ts';
import type { SloMonitorSpec } from '../../../src/specs/objectives/objective.ts';
import { countedBy, type ReadMinutes } from './read-due.ts';

export interface PushedMinutes {
  /** By objective: what the gateway has written. */
  known: Map<string, Minute[]>;
  /** The newest minute of those of which nothing came, and from when on counts are pushed. */
  found: ReadMinutes[];
}

/** What was pushed of late, of every objective whose counts are. */
export async function readPushed(
  store: Pick<ObjectiveStore, 'listMinutes'>,
  { environment, objectives, lagMs }: Pick<SloMonitorSpec, 'environment' | 'objectives' | 'lagMs'>,
  { nowMs, readings }: { nowMs: number; readings: ReadonlyMap<string, KeptReading> },
): Promise<PushedMinutes> {
  const pushed = objectives.filter(({ source }) => source.of === 'pushed');
  const names = pushed.map(({ name }) => name);
  const untilMs = minuteOf(nowMs - lagMs);
  if (names.length === 0) return { known: new Map(), found: [] };
  const known = await store.listMinutes({
    ...{ environment, objectives: names, fromMs: untilMs - pushedForMs - minuteMs, untilMs },
  });
  const newestMs = untilMs - minuteMs;
  const why = 'nothing was pushed';
  const found = pushed.map((objective) => {
    const { name } = objective;
    const isSilent = !byTime(known.get(name) ?? []).has(newestMs);
    return {
      ...countedBy(objective, [silentMinute(untilMs, why)], readings.get(name)),
      minutes: isSilent ? [silentMinute(newestMs, why)] : [],
    };
  });
  return { known, found };
}
