import type { Window } from '../../../contracts/kernel/change-control.ts';
import { utcMinute } from '../../kernel/change-control/describe-freeze.ts';
import { formatDuration } from '../../../specs/kernel/duration.ts';
import type { Occurrence } from './plan-occurrences.ts';

/** All that decides when an experiment of a campaign may begin. */
export interface TurnFacts {
  occurrence: Occurrence;
  /** How long it takes. */
  lengthMs: number;
  /** When the campaign began. */
  sinceMs: number;
  /** Of the campaign; nothing begins after it. */
  lastsMs?: number;
  /** The end of the pause after the experiment before it. */
  notBeforeMs: number;
  /** That experiment; absent: none was carried out yet. */
  before?: { experiment: string; endedAtMs: number };
  /** Those around now; absent: any time will do. */
  allowed?: readonly Window[];
}

export type Turn =
  | { kind: 'go' }
  | { kind: 'wait'; untilMs: number; why: string }
  /** Its time is over. */
  | { kind: 'missed'; why: string };

/** Whether an experiment begins now, later, or not at all any more. */
export function judgeTurn(facts: TurnFacts, nowMs: number): Turn {
  const { occurrence, lengthMs, sinceMs, lastsMs = Infinity, notBeforeMs, before, allowed } = facts;
  const dueAtMs = sinceMs + occurrence.dueMs;
  const earliestMs = Math.max(nowMs, dueAtMs, notBeforeMs);
  const beginsMs = allowed === undefined ? earliestMs : nextRoom(allowed, earliestMs, lengthMs);
  if (beginsMs === undefined) {
    const why = `no allowed hours of the next days have room for ${formatDuration(lengthMs)}`;
    return { kind: 'missed', why };
  }
  const isOutsideHours = beginsMs > earliestMs;
  const kept =
    before === undefined || before.endedAtMs <= dueAtMs
      ? ''
      : `: ${before.experiment} was under way until ${utcMinute(before.endedAtMs)}`;
  if (beginsMs >= sinceMs + (occurrence.nextDueMs ?? Infinity)) {
    const because = isOutsideHours ? 'the allowed hours began' : `there was time for it${kept}`;
    return { kind: 'missed', why: `it was due again before ${because}` };
  }
  if (beginsMs >= sinceMs + lastsMs) {
    const because = isOutsideHours ? ' before the allowed hours began' : kept;
    return { kind: 'missed', why: `the campaign was over${because}` };
  }
  if (beginsMs <= nowMs) return { kind: 'go' };
  const why = isOutsideHours
    ? 'the allowed hours begin'
    : beginsMs > dueAtMs
      ? before === undefined
        ? 'the pause is over'
        : `the pause after ${before.experiment} is over`
      : 'it is due';
  return { kind: 'wait', untilMs: beginsMs, why };
}

/** The first moment from which a window has room for it. */
function nextRoom(
  windows: readonly Window[],
  fromMs: number,
  lengthMs: number,
): number | undefined {
  return windows
    .map((window) => ({ ...window, beginsMs: Math.max(window.fromMs, fromMs) }))
    .filter(({ beginsMs, untilMs }) => beginsMs + lengthMs <= untilMs)
    .map(({ beginsMs }) => beginsMs)
    .toSorted((one, other) => one - other)[0];
}
