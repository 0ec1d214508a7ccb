import { minuteMs, type Minute } from '../../contracts/objectives/minute.ts';
import type { Objective } from '../../specs/objectives/objective.ts';
import { silentMinute } from './count-minutes.ts';
import { isGoodMinute } from './judge-minute.ts';
import { byTime, type Span } from './tally.ts';

/** An objective of a composite, with what is known of its minutes. */
export interface Member {
  objective: Objective;
  minutes: readonly Minute[];
}

/**
 * Minutes of a composite, of those that any member has: each counts once, as bad if it was bad for any
 * member, and as good if it was good for all that had requests. Where one that is not bad is not known for a member,
 * it has no data.
 */
export function composeMinutes(members: readonly Member[], { fromMs, untilMs }: Span): Minute[] {
  const all = members.map(({ objective, minutes }) => ({ objective, known: byTime(minutes) }));
  const times = [...new Set(all.flatMap(({ known }) => [...known.keys()]))];
  return times
    .filter((atMs) => atMs >= fromMs && atMs < untilMs)
    .sort((one, other) => one - other)
    .map((atMs) =>
      composeMinute(
        atMs,
        all.map(({ objective, known }) => ({ objective, minute: known.get(atMs) })),
      ),
    );
}

interface MemberMinute {
  objective: Objective;
  minute: Minute | undefined;
}

function composeMinute(atMs: number, members: readonly MemberMinute[]): Minute {
  const known = members.flatMap(({ objective, minute }) =>
    minute === undefined || minute.quality === 'none'
      ? []
      : [{ coverageMs: minute.coverageMs, isGood: isGoodMinute(objective, minute) }],
  );
  const bad = known.filter(({ isGood }) => isGood === false);
  const composed = (good: number, failed: number, of: typeof known): Minute => {
    const coverageMs = Math.min(...of.map((each) => each.coverageMs));
    const quality = coverageMs === minuteMs ? 'counted' : 'partial';
    return { atMs, good, bad: failed, coverageMs, quality, version: 1 };
  };
  if (bad.length > 0) return composed(0, 1, bad);
  if (known.length < members.length) {
    const names = members
      .filter(({ minute }) => minute === undefined || minute.quality === 'none')
      .map(({ objective }) => objective.name);
    return silentMinute(atMs, `no data of ${names.join(', ')}`.slice(0, 300));
  }
  return composed(known.some(({ isGood }) => isGood) ? 1 : 0, 0, known);
}

/** Those that say something else than what is known; what a person recorded of the composite stays. */
export function changedMinutes(known: readonly Minute[], composed: readonly Minute[]): Minute[] {
  const before = byTime(known);
  return composed.filter((minute) => {
    const last = before.get(minute.atMs);
    if (last === undefined) return true;
    if (last.quality === 'by-hand') return false;
    return (['good', 'bad', 'coverageMs', 'quality'] as const).some(
      (key) => last[key] !== minute[key],
    );
  });
}
