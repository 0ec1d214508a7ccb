import { formatDuration } from '../../../specs/kernel/duration.ts';
import { utcMoment } from '../../../render/kernel/moment.ts';
import type { JudgedRepository, JudgedSet } from '../judge-sets.ts';
import { windowOf, type RecoveryWindow } from '../recovery-windows.ts';
import type { Reason } from './reasons.ts';

interface Reaching extends RecoveryWindow {
  judged: JudgedSet;
}

/** The fewest sets from which every moment of the span can be restored that can be restored at all. */
export function keepSpan(
  { sets, wal }: JudgedRepository,
  spanMs: number,
  nowMs: number,
): Map<JudgedSet, Reason> {
  const reaching = sets
    .flatMap((judged): Reaching[] => {
      const window = judged.standing === 'restorable' ? windowOf(judged, wal) : undefined;
      return window ? [{ judged, fromMs: window.fromMs, untilMs: window.untilMs }] : [];
    })
    .sort((one, other) => one.fromMs - other.fromMs);
  const cover = coverFrom(nowMs - spanMs, reaching);
  return new Map(
    cover.map(({ judged, fromMs }) => [judged, reasonOf(fromMs, { reaching, spanMs, nowMs })]),
  );
}

/** Goes from the beginning to the end, each time by the set that leads farthest; of equals, the newest. */
function coverFrom(beginMs: number, reaching: readonly Reaching[]): Reaching[] {
  const cover: Reaching[] = [];
  let coveredMs = beginMs;
  let next = 0;
  for (;;) {
    let best: Reaching | undefined;
    for (let one = reaching[next]; one && one.fromMs <= coveredMs; one = reaching[++next]) {
      if (one.untilMs >= (best?.untilMs ?? -Infinity)) best = one;
    }
    if (best && best.untilMs > coveredMs) {
      cover.push(best);
      coveredMs = best.untilMs;
    } else {
      const after = reaching[next];
      if (after === undefined) return cover;
      coveredMs = after.fromMs;
    }
  }
}

interface Span {
  reaching: readonly Reaching[];
  spanMs: number;
  nowMs: number;
}

function reasonOf(fromMs: number, { reaching, spanMs, nowMs }: Span): Reason {
  const span = formatDuration(spanMs);
  if (fromMs > nowMs - spanMs) {
    return {
      text: `point in time: no earlier set leads to the moments from ${utcMoment(fromMs)} on, which is within ${span}`,
      untilMs: fromMs + spanMs,
    };
  }
  const next = reaching.find((one) => one.fromMs > fromMs);
  return {
    text: `point in time: the moments of the last ${span} begin with it`,
    ...(next && { untilMs: next.fromMs + spanMs }),
  };
}
