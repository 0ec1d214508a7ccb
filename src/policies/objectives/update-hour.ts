import { hourMs, type Minute } from '../../contracts/objectives/minute.ts';
import type { HourUpdate, StoredHour } from '../../contracts/objectives/objective-store.ts';
import type { Objective } from '../../specs/objectives/objective.ts';
import { correctMinute } from './correct-minute.ts';
import { isGoodMinute } from './judge-minute.ts';
import { byTime, tallyMinutes } from './tally.ts';

/** An hour with what was found of its minutes. */
export function updateHour(
  objective: Objective,
  hour: StoredHour,
  found: readonly Minute[],
): HourUpdate {
  return updated(objective, hour, { found, correct: correctMinute });
}

/** An hour with minutes in place of those that are known, whatever those are: a person withdraws them. */
export function rewriteHour(
  objective: Objective,
  hour: StoredHour,
  found: readonly Minute[],
): HourUpdate {
  const correct = (known: Minute | undefined, next: Minute) => {
    return { ...next, version: (known?.version ?? 0) + 1 };
  };
  return updated(objective, hour, { found, correct });
}

interface Change {
  found: readonly Minute[];
  /** The minute to keep; undefined: it stays as it is. */
  correct(known: Minute | undefined, found: Minute): Minute | undefined;
}

function updated(
  objective: Objective,
  { atMs, minutes }: StoredHour,
  { found, correct }: Change,
): HourUpdate {
  const kept = byTime(minutes);
  const corrected: Minute[] = [];
  for (const each of found) {
    const known = kept.get(each.atMs);
    const next = correct(known, each);
    if (next === undefined) continue;
    // No data is nothing to keep.
    if (known !== undefined && known.quality !== 'none') corrected.push(known);
    kept.set(each.atMs, next);
  }
  const all = [...kept.values()].sort((one, other) => one.atMs - other.atMs);
  const span = { fromMs: atMs, untilMs: atMs + hourMs };
  const isGood = (minute: Minute) => isGoodMinute(objective, minute);
  return { minutes: all, tally: tallyMinutes(kept, span, { exclusions: [], isGood }), corrected };
}
