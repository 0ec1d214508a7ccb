import type { Downtime } from '../../../contracts/objectives/downtime.ts';
import type { Exclusion } from '../../../contracts/objectives/exclusion.ts';
import type { TalliesOfSpan } from '../../../contracts/objectives/read-tallies.ts';
import type {
  Day,
  ObjectiveReport,
  ReportedViolation,
} from '../../../contracts/objectives/slo-report.ts';
import type { Spending } from '../../../contracts/objectives/spending.ts';
import type { Violation } from '../../../contracts/objectives/violation.ts';
import type { Objective } from '../../../specs/objectives/objective.ts';
import { exclusionsOf, whyNotExcluded } from '../exclusions/judge-exclusion.ts';
import { judgeObjective, valueOf } from '../judge-objective.ts';
import { addTallies, type Span } from '../tally.ts';
import { judgeCredit } from './judge-credit.ts';
import { sumSpending } from './sum-spending.ts';

/** What is known of an objective and a period. */
export interface KnownOfPeriod {
  days: readonly Day[];
  /** One of each day. */
  tallies: readonly TalliesOfSpan[];
  violations: readonly Violation[];
  spending: readonly Spending[];
  exclusions: readonly Exclusion[];
  downtimes: readonly Downtime[];
  /** Since when it is measured as it is now, where it was measured in another way before. */
  changedAtMs?: number;
}

export interface ReportedPeriod extends Span {
  leastCoverage: number;
  /** It is not over: no credit is due yet. */
  isUnfinished: boolean;
}

/** An objective over a period, which may be another than its window. */
export function reportObjective(
  objective: Objective,
  { days, tallies, ...known }: KnownOfPeriod,
  { leastCoverage, isUnfinished, fromMs, untilMs }: ReportedPeriod,
): ObjectiveReport {
  const span = { fromMs, untilMs };
  const judge = (tally: Parameters<typeof judgeObjective>[1]) =>
    judgeObjective(objective, tally, { span, leastCoverage });
  const { changedAtMs = 0 } = known;
  const isChanged = changedAtMs > fromMs && changedAtMs < untilMs;
  const net = addTallies(tallies.map((each) => each.net));
  const standing = judge(net);
  const { value, verdict, tally } = judge(addTallies(tallies.map((each) => each.gross)));
  const { name, service, indicator, comparison, target, owner, credits } = objective;
  const exclusions = exclusionsOf(service, known.exclusions).map((exclusion) => {
    const why = whyNotExcluded(exclusion);
    return { exclusion, counts: why === undefined, ...(why !== undefined && { why }) };
  });
  return {
    ...{ objective: name, service, indicator, comparison, target },
    ...(owner !== undefined && { owner }),
    standing,
    ...(net.excludedMs > 0 && {
      gross: { verdict, tally, ...(value !== undefined && { value }) },
    }),
    days: days.map((day, index) => {
      const ofDay = tallies[index]?.net ?? addTallies([]);
      const dayValue = valueOf(objective, ofDay);
      return { ...day, tally: ofDay, ...(dayValue !== undefined && { value: dayValue }) };
    }),
    violations: known.violations
      .filter((each) => each.objective === name)
      .flatMap((each) => clip(each, span)),
    spending: sumSpending(
      known.spending.filter((each) => each.objective === name),
      net.bad,
    ),
    exclusions,
    downtimes: known.downtimes
      .filter(({ objectives }) => objectives.includes(name))
      .map(({ environment: _, objectives: __, ...downtime }) => downtime),
    ...(isChanged && { changedAtMs }),
    ...(credits !== undefined && {
      credit: isChanged
        ? { of: 'unknown', why: 'it was measured in another way in a part of the period' }
        : judgeCredit(credits, standing, { isUnfinished, leastCoverage }),
    }),
  };
}

/** One that began before the period, or ended after it, counts as far as it lies in it. */
function clip(violation: Violation, { fromMs, untilMs }: Span): ReportedViolation[] {
  const { kind, openedAtMs, closedAtMs, reason } = violation;
  const withinMs = Math.min(closedAtMs ?? untilMs, untilMs) - Math.max(openedAtMs, fromMs);
  // A violation that ended before the period began, or opened after it, is not part of it.
  if (withinMs < 0 || openedAtMs >= untilMs || (closedAtMs ?? untilMs) <= fromMs) return [];
  return [{ kind, openedAtMs, ...(closedAtMs !== undefined && { closedAtMs }), withinMs, reason }];
}
