import { daysBetween } from '../../adapters/calendar/days-between.ts';
import type { KeptReading } from '../../contracts/objectives/counter-reading.ts';
import { hourMs } from '../../contracts/objectives/minute.ts';
import type { Downtime } from '../../contracts/objectives/downtime.ts';
import type { MonitorState, ObjectiveStore } from '../../contracts/objectives/objective-store.ts';
import { readTallies } from '../../contracts/objectives/read-tallies.ts';
import type { SloReport } from '../../contracts/objectives/slo-report.ts';
import { reportObjective } from '../../policies/objectives/report/report-objective.ts';
import type { ReportPeriod } from './report-period.ts';

/** Of a monitor that has said what it measures. */
type MonitoredState = Pick<MonitorState, 'environment'> &
  Required<Pick<MonitorState, 'spec'>> &
  Partial<Pick<MonitorState, 'standings'>>;

interface ReportFilter {
  objectives?: readonly string[];
  services?: readonly string[];
}

interface ReportQuestion {
  period: ReportPeriod;
  filter?: ReportFilter;
  nowMs: number;
  /** Absent: from the ledger. */
  readDays?: ReadDays;
}

/** `downtimes`: what people have recorded of the days, which is in their minutes. */
export type ReadDays = (
  store: Parameters<typeof readTallies>[0],
  of: Parameters<typeof readTallies>[1],
  days: Parameters<typeof readTallies>[2] & { downtimes: readonly Downtime[] },
) => ReturnType<typeof readTallies>;

/** What a monitor has missed is read for six hours, and an hour is more than that takes. */
export const backlogMs = 7 * hourMs;

/** What the ledger knows of the objectives of an environment and a period. */
export async function readReport(
  store: ObjectiveStore,
  { environment, spec, standings = [] }: MonitoredState,
  { period, filter = {}, nowMs, readDays = readTallies }: ReportQuestion,
): Promise<SloReport> {
  const { fromMs, untilMs, zone } = period;
  const isBehind = standings.some((each) => each.untilMs < untilMs) && nowMs < untilMs + backlogMs;
  const isUnfinished = period.isUnfinished || isBehind;
  const { objectives: all, leastCoverage } = spec;
  const objectives = all.filter(
    ({ name, service }) =>
      (filter.objectives?.includes(name) ?? true) && (filter.services?.includes(service) ?? true),
  );
  const names = objectives.map(({ name }) => name);
  const days = daysBetween(fromMs, untilMs, zone);
  const known = { environment, objectives: names, fromMs, untilMs };
  const exclusions = await store.listExclusions({ environment, fromMs, untilMs });
  const downtimes = await store.listDowntimes({ environment, fromMs, untilMs });
  const [tallies, violations, spending] = await Promise.all([
    readDays(store, { environment, objectives }, { spans: days, exclusions, downtimes }),
    store.listViolations({
      ...{ environment, objectives: names },
      closed: { fromMs, untilMs: Math.max(nowMs, untilMs) + 1 },
    }),
    store.listSpending(known),
  ]);
  const readings = await store.listReadings(environment);
  return {
    ...{ environment, fromMs, untilMs, zone, writtenAtMs: nowMs, isUnfinished },
    objectives: objectives.map((objective) =>
      reportObjective(
        objective,
        {
          ...{ days, tallies: tallies.get(objective.name) ?? [], violations, spending },
          ...{ exclusions, downtimes, ...changeOf(readings.get(objective.name)) },
        },
        { fromMs, untilMs, leastCoverage, isUnfinished },
      ),
    ),
  };
}

function changeOf(reading: KeptReading | undefined): { changedAtMs?: number } {
  return reading?.changedAtMs === undefined ? {} : { changedAtMs: reading.changedAtMs };
}

export function isMonitored(state: MonitorState): state is MonitorState & MonitoredState {
  return state.spec !== undefined;
}
