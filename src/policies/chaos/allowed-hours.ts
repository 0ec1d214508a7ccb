import type { Window } from '../../contracts/kernel/change-control.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';

const dayMs = 86_400_000;

/** The windows to ask for: those around an experiment that begins now. */
export function hoursAround(nowMs: number, lengthMs: number): Window {
  return { fromMs: nowMs - 8 * dayMs, untilMs: nowMs + lengthMs + 8 * dayMs };
}

/** Why an experiment of this length may not begin now; undefined where it may. */
export function refuseHours(
  windows: readonly Window[],
  { nowMs, lengthMs }: { nowMs: number; lengthMs: number },
): string | undefined {
  const open = windows.find(({ fromMs, untilMs }) => fromMs <= nowMs && nowMs < untilMs);
  if (open !== undefined && nowMs + lengthMs <= open.untilMs) return undefined;
  const next = windows.find(({ fromMs }) => fromMs > nowMs);
  const opens = next === undefined ? '' : `; they begin at ${moment(next.fromMs)}`;
  if (open === undefined) return `now is outside of the allowed hours${opens}`;
  return `the allowed hours end at ${moment(open.untilMs)}, and the experiment takes ${formatDuration(lengthMs)}${opens}`;
}

function moment(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
