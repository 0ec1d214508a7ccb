import type { KeptReading } from '../../../src/contracts/objectives/counter-reading.ts';
import { hourMs, hourOf } from '../../../src/contracts/objectives/minute.ts';
import type {
  HourUpdate,
  ObjectiveStore,
} from '../../../src/contracts/objectives/objective-store.ts';
import {
  isComposite,
  writeComposites,
} from '../../../src/contracts/objectives/write-composites.ts';
import { silentMinute } from '../../../src/policies/objectives/count-minutes.ts';
import type { SloMonitorSpec } from '../../../src/specs/objectives/objective.ts';
import { countedBy, type ReadMinutes } from './read-due.ts';

interface Composing {
  nowMs: number;
  /** In which minutes of members were written. */
  hours: readonly number[];
  readings: ReadonlyMap<string, KeptReading>;
  onWritten(objective: string, atMs: number, update: HourUpdate): void;
}

/**
 * Writes what the minutes of these hours make up, and those of the last two where members are pushed, which
 * the gateway writes. Returns since when each composite has the members that it has now.
 */
export async function composeLately(
  store: ObjectiveStore,
  spec: SloMonitorSpec,
  { nowMs, hours, readings, onWritten }: Composing,
): Promise<ReadMinutes[]> {
  const lastMs = hourOf(nowMs - spec.lagMs);
  const isPushed = spec.objectives.some(({ source }) => source.of === 'pushed');
  const all = isPushed ? [...hours, lastMs - hourMs, lastMs] : hours;
  await writeComposites(store, spec, all, onWritten);
  return spec.objectives.filter(isComposite).map((each) => ({
    ...countedBy(each, [silentMinute(lastMs, 'its members changed')], readings.get(each.name)),
    minutes: [],
  }));
}
