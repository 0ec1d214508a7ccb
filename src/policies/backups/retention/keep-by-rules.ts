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

/** What the rules ask of a set, read from it once: there may be many thousands. */
interface DatedSet extends RuledSet {
  label: string;
  startedAtMs: number;
}

/** Newest first. Only sets that count may be passed in, oldest first. */
export function keepByRules(sets: readonly JudgedSet[], rules: RetentionRules): RuledSet[] {
  const dated = sets.toReversed().map((judged): DatedSet => {
    const { label, startedAtMs } = judged.set;
    return { judged, label, startedAtMs, keep: [], expire: [] };
  });
  if (rules.ageMs !== undefined) keepYoung(dated, rules.ageMs);
  if (rules.count > 0) keepNewest(dated, rules.count);
  const asked = calendarRules.filter((rule) => rules[rule] > 0);
  if (asked.length === 0) return dated;
  const periodsOf = calendarIn(rules.zone);
  const periods = dated.map(({ startedAtMs }) => periodsOf(startedAtMs));
  for (const rule of asked) keepLastOfEach(dated, periods, { rule, most: rules[rule] });
  return dated;
}

/** Where no backup is made any more, none gets older by this: nothing is lost while nobody looks. */
function keepYoung(dated: readonly DatedSet[], ageMs: number): void {
  const newestMs = dated.reduce((newest, { startedAtMs }) => Math.max(newest, startedAtMs), 0);
  const age = formatDuration(ageMs);
  const tooOld = { text: `older than ${age}` };
  for (const { startedAtMs, keep, expire } of dated) {
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
  dated: readonly DatedSet[],
  periods: readonly CalendarPeriods[],
  { rule, most }: LastOfEach,
): void {
  const enough = { text: `${rule}: ${most} later ${most === 1 ? 'one is' : 'ones are'} kept` };
  let kept = 0;
  let later: { period: string; label: string; reason?: Reason } | undefined;
  dated.forEach(({ label, startedAtMs, keep, expire }, index) => {
    const period = periods[index]?.[rule] ?? '';
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
