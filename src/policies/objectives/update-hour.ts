import { hourMs, type Minute } from '../../contracts/objectives/minute.ts';
import type { HourUpdate, StoredHour } from '../../contracts/objectives/objective-store.ts';
import type { Objective } from '../../specs/objectives/objective.ts';
import { correctMinute } from './correct-minute.ts';
import { isGoodMinute } from './judge-minute.ts';
import { byTime, tallyMinutes } from './tally.ts';

/** An hour with what was found of its minutes. */
export function updateHour(
  objective: Objective,
  { atMs, minutes }: StoredHour,
  found: readonly Minute[],
): HourUpdate {
  const kept = byTime(minutes);
  const corrected: Minute[] = [];
  for (const each of found) {
    const known = kept.get(each.atMs);
    const next = correctMinute(known, each);
    if (next === undefined) continue;
    if (known !== undefined) corrected.push(known);
    kept.set(each.atMs, next);
  }
  const all = [...kept.values()].sort((one, other) => one.atMs - other.atMs);
  const span = { fromMs: atMs, untilMs: atMs + hourMs };
  const isGood = (minute: Minute) => isGoodMinute(objective, minute);
  return { minutes: all, tally: tallyMinutes(kept, span, { exclusions: [], isGood }), corrected };
}
