import { hourMs, minuteMs, type Minute } from '../../contracts/objectives/minute.ts';
import type { Spending, SpendingCause } from '../../contracts/objectives/spending.ts';
import type { Span } from './tally.ts';

/** Something that went on and may have spent budget. */
export interface Suspect extends Span {
  cause: Exclude<SpendingCause, 'unknown'>;
  runRef: string;
}

/** Who is charged where several went on: an experiment is meant to harm, a rollout may, an incident is a consequence. */
const order: readonly SpendingCause[] = ['chaos', 'rollout', 'incident', 'dependency'];

/**
 * Charges each bad request to whatever went on in its minute, to nobody where nothing did. The
 * entries add up to all bad requests of the minutes. None crosses a full hour, so those of any whole
 * hours can be replaced by themselves.
 */
export function attributeSpending(
  objective: string,
  minutes: readonly Minute[],
  suspects: readonly Suspect[],
): Spending[] {
  const ranked = suspects.toSorted(
    (one, other) => order.indexOf(one.cause) - order.indexOf(other.cause),
  );
  const entries: Spending[] = [];
  for (const { atMs, bad } of minutes) {
    if (bad === 0) continue;
    const endMs = atMs + minuteMs;
    const suspect = ranked.find(({ fromMs, untilMs }) => fromMs < endMs && untilMs > atMs);
    const { cause = 'unknown', runRef } = suspect ?? {};
    const last = entries.at(-1);
    const goesOn = last?.untilMs === atMs && atMs % hourMs !== 0;
    if (goesOn && last.cause === cause && last.runRef === runRef) {
      last.untilMs = endMs;
      last.bad += bad;
    } else {
      entries.push({
        ...{ objective, fromMs: atMs, untilMs: endMs, bad, cause },
        ...(runRef !== undefined && { runRef }),
      });
    }
  }
  return entries;
}
