import type { ObjectiveReport, ReportedDay } from '../../../contracts/objectives/slo-report.ts';
import { budgetShare } from '../judge-objective.ts';

/**
 * The days of a service: of each day the objective with the most bad time, and of several the one that
 * was measured most. A throughput says nothing about those who called, if there is anything else.
 */
export function daysOfService(reports: readonly ObjectiveReport[]): ReportedDay[] {
  const aboutCallers = reports.filter((each) => budgetShare(each) !== undefined);
  const counted = aboutCallers.length > 0 ? aboutCallers : reports;
  const [first] = counted;
  if (first === undefined) return [];
  return first.days.map((day, index) =>
    counted.reduce((worst, { days }) => worseOf(worst, days[index] ?? worst), day),
  );
}

function worseOf(one: ReportedDay, other: ReportedDay): ReportedDay {
  const difference = other.tally.badMs - one.tally.badMs;
  if (difference !== 0) return difference > 0 ? other : one;
  return other.tally.goodMs > one.tally.goodMs ? other : one;
}

/** Of the time that was measured; undefined where none was. */
export function uptimeOf(days: readonly ReportedDay[]): number | undefined {
  const sum = (key: 'goodMs' | 'badMs') => days.reduce((total, { tally }) => total + tally[key], 0);
  const [goodMs, badMs] = [sum('goodMs'), sum('badMs')];
  return goodMs + badMs === 0 ? undefined : goodMs / (goodMs + badMs);
}
