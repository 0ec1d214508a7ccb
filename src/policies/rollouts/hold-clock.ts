/** The clock of a hold: runs towards its end, and can be stopped and started again. */
export type HoldClock =
  | { state: 'running'; leftMs: number; sinceMs: number }
  | { state: 'stopped'; leftMs: number; sinceMs: number };

export function startClock(holdMs: number, nowMs: number): HoldClock {
  return { state: 'running', leftMs: holdMs, sinceMs: nowMs };
}

export function stopClock(clock: HoldClock, nowMs: number): HoldClock {
  if (clock.state === 'stopped') return clock;
  const leftMs = Math.max(0, clock.leftMs - (nowMs - clock.sinceMs));
  return { state: 'stopped', leftMs, sinceMs: nowMs };
}

export function resumeClock(clock: HoldClock, nowMs: number): HoldClock {
  return clock.state === 'running' ? clock : startClock(clock.leftMs, nowMs);
}

/** When the hold ends, in milliseconds since the epoch; undefined while the clock is stopped. */
export function clockEndsAt(clock: HoldClock): number | undefined {
  return clock.state === 'running' ? clock.sinceMs + clock.leftMs : undefined;
}
