import type { ObjectiveReport, ReportedDay } from '../../../contracts/objectives/slo-report.ts';
import type { Tally } from '../../../contracts/objectives/tally.ts';
import { aboutCallers } from './about-callers.ts';

/**
 * The days of a service: of each day the objective with the most bad time, and of several the one of which
 * least is known. Days before an objective was measured for the first time are none of its days.
 */
export function daysOfService(reports: readonly ObjectiveReport[]): ReportedDay[] {
  const counted = aboutCallers(reports).map(({ days }) => {
    const begins = days.findIndex(({ tally }) => isMeasured(tally));
    return { days, begins: begins === -1 ? days.length - 1 : begins };
  });
  const [first] = counted;
  if (first === undefined) return [];
  return first.days.map((day, index) => {
    const own = counted.flatMap(({ days, begins }) => (index < begins ? [] : (days[index] ?? [])));
    return own.length === 0 ? day : own.reduce(worseOf);
  });
}

function isMeasured({ goodMs, badMs, idleMs }: Tally): boolean {
  return goodMs + badMs + idleMs > 0;
}

function worseOf(one: ReportedDay, other: ReportedDay): ReportedDay {
  const difference = other.tally.badMs - one.tally.badMs;
  if (difference !== 0) return difference > 0 ? other : one;
  const unmeasured = ({ tally }: ReportedDay) => tally.noDataMs - tally.idleMs;
  return unmeasured(other) > unmeasured(one) ? other : one;
}

/** Of the time that was measured; undefined where none was. */
export function uptimeOf(days: readonly ReportedDay[]): number | undefined {
  const sum = (key: 'goodMs' | 'badMs') => days.reduce((total, { tally }) => total + tally[key], 0);
  const [goodMs, badMs] = [sum('goodMs'), sum('badMs')];
  return goodMs + badMs === 0 ? undefined : goodMs / (goodMs + badMs);
}
