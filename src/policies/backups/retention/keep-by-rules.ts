import type { RetentionRules } from '../../../specs/backups/retention.ts';
import { formatDuration } from '../../../specs/kernel/duration.ts';
import type { JudgedSet } from '../judge-sets.ts';
import { calendarIn, periodsLaterMs, type CalendarPeriods, type CalendarRule } from './calendar.ts';
import type { Reason } from './reasons.ts';

/** What the rules say of one set: any reason to keep it keeps it. */
export interface RuledSet {
  judged: JudgedSet;
  keep: Reason[];
  /** Why each rule that does not keep it does not. */
  expire: Reason[];
}

const calendarRules: readonly CalendarRule[] = ['daily', 'weekly', 'monthly', 'yearly'];

/** Newest first. Only sets that count may be passed in, oldest first. */
export function keepByRules(sets: readonly JudgedSet[], rules: RetentionRules): RuledSet[] {
  const ruled = sets.toReversed().map((judged): RuledSet => ({ judged, keep: [], expire: [] }));
  if (rules.ageMs !== undefined) keepYoung(ruled, rules.ageMs);
  if (rules.count > 0) keepNewest(ruled, rules.count);
  const asked = calendarRules.filter((rule) => rules[rule] > 0);
  if (asked.length === 0) return ruled;
  const periodsOf = calendarIn(rules.zone);
  const periods = ruled.map(({ judged }) => periodsOf(judged.set.startedAtMs));
  for (const rule of asked) keepLastOfEach(ruled, periods, { rule, most: rules[rule] });
  return ruled;
}

/** Where no backup is made any more, none gets older by this: nothing is lost while nobody looks. */
function keepYoung(ruled: readonly RuledSet[], ageMs: number): void {
  const newestMs = Math.max(...ruled.map(({ judged }) => judged.set.startedAtMs));
  const age = formatDuration(ageMs);
  const tooOld = { text: `older than ${age}` };
  for (const { judged, keep, expire } of ruled) {
    const { startedAtMs } = judged.set;
    if (startedAtMs > newestMs - ageMs) {
      keep.push({ text: `younger than ${age}`, untilMs: startedAtMs + ageMs });
    } else {
      expire.push(tooOld);
    }
  }
}

function keepNewest(ruled: readonly RuledSet[], count: number): void {
  const one = { text: `count: one of the newest ${count}` };
  const older = { text: `count: ${count} newer ${count === 1 ? 'one is' : 'ones are'} kept` };
  ruled.forEach(({ keep, expire }, index) => {
    if (index < count) keep.push(one);
    else expire.push(older);
  });
}

interface LastOfEach {
  rule: CalendarRule;
  most: number;
}

function keepLastOfEach(
  ruled: readonly RuledSet[],
  periods: readonly CalendarPeriods[],
  { rule, most }: LastOfEach,
): void {
  const enough = { text: `${rule}: ${most} later ${most === 1 ? 'one is' : 'ones are'} kept` };
  let kept = 0;
  let later: { period: string; label: string; reason?: Reason } | undefined;
  ruled.forEach(({ judged, keep, expire }, index) => {
    const period = periods[index]?.[rule] ?? '';
    const { label, startedAtMs } = judged.set;
    if (later?.period === period) {
      later.reason ??= { text: `${rule}: ${later.label} is later in ${period}` };
      expire.push(later.reason);
      return;
    }
    later = { period, label };
    if (kept === most) {
      expire.push(enough);
      return;
    }
    kept += 1;
    const untilMs = periodsLaterMs(rule, startedAtMs, most);
    keep.push({ text: `${rule}: last of ${period}`, untilMs });
  });
}
