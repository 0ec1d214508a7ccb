import { formatDuration } from '../../../specs/kernel/duration.ts';
import type { SpecProblem } from '../../../specs/kernel/spec-problem.ts';
import type { Objective, SloMonitorSpec } from '../../../specs/objectives/objective.ts';
import {
  annotation,
  apiVersion,
  type Metric,
  type OpenSlo,
  type RatioMetric,
  type TimeWindow,
} from './documents.ts';
import { calendarDurations, commonStart, showLength } from './length.ts';

export type Exported = { ok: true; documents: OpenSlo[] } | { ok: false; problems: SpecProblem[] };

/** The objectives of a monitor as OpenSLO v1, or why it has no words for them. */
export function exportOpenSlo(spec: SloMonitorSpec): Exported {
  const problems = spec.objectives.flatMap((objective, index) =>
    whyNot(objective).map(([key, message]) => ({ path: `objectives[${index}].${key}`, message })),
  );
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, documents: spec.objectives.map((objective) => documentOf(objective, spec)) };
}

function whyNot({ indicator, comparison, source }: Objective): [key: string, message: string][] {
  const only = 'OpenSLO has only shares of requests that a metric source counts';
  return [
    ...(indicator === 'throughput'
      ? [['indicator', `is a throughput; ${only}`] satisfies [string, string]]
      : []),
    ...(comparison === 'equal'
      ? [['comparison', 'is equal; OpenSLO has only targets to reach'] satisfies [string, string]]
      : []),
    ...(source.of === 'prometheus'
      ? []
      : [[source.of, `is measured by Belay itself; ${only}`] satisfies [string, string]]),
  ];
}

function documentOf(objective: Objective, spec: SloMonitorSpec): OpenSlo {
  const { name, service, indicator, target } = objective;
  const beside = { ...besideOf(objective), ...monitorOf(spec) };
  return {
    apiVersion,
    kind: 'SLO',
    metadata: {
      name,
      labels: { environment: spec.environment },
      ...(Object.keys(beside).length > 0 && {
        annotations: { [annotation]: JSON.stringify(beside) },
      }),
    },
    spec: {
      service,
      indicator: { metadata: { name }, spec: { ratioMetric: ratioOf(objective) } },
      timeWindow: [windowOf(objective)],
      budgetingMethod: 'Occurrences',
      objectives: [{ target: indicator === 'errorRate' ? complement(target) : target }],
    },
  };
}

export function complement(share: number): number {
  return Number((1 - share).toPrecision(12));
}

function ratioOf({ source }: Objective): RatioMetric {
  if (source.of !== 'prometheus') throw new Error(`${source.of} is no metric source`);
  const { total, part } = source;
  const metricOf = (selector: string): Metric => ({
    metricSource: { type: 'Prometheus', spec: { query: `sum(${selector})` } },
  });
  return {
    counter: true,
    ...(part !== undefined && { [part.of]: metricOf(part.selector) }),
    total: metricOf(total),
  };
}

function windowOf({ window }: Objective): TimeWindow {
  if (window.of === 'rolling') return { duration: showLength(window.lengthMs), isRolling: true };
  const calendar = { startTime: commonStart, timeZone: window.zone };
  return { duration: calendarDurations[window.unit], isRolling: false, calendar };
}

function besideOf({ indicator, belowMs, owner, gatesBudget, floor, credits }: Objective): object {
  return {
    ...(indicator !== 'availability' && { indicator }),
    ...(belowMs !== undefined && { below: formatDuration(belowMs) }),
    ...(owner !== undefined && { owner }),
    ...(gatesBudget && { budgetGate: true }),
    ...((floor.events !== 20 || floor.failures !== 3) && { floor }),
    ...(credits !== undefined && {
      credits: credits.map(({ below, credit }) => ({
        below: percent(below),
        credit: percent(credit),
      })),
    }),
  };
}

export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(12))}%`;
}

const dayMs = 86_400_000;

/** Settings of the monitor that are not as usual, which stand beside each of its objectives. */
function monitorOf({ lagMs, keepMinutesMs, leastCoverage, silentAfterMs }: SloMonitorSpec): object {
  const monitor = {
    ...(lagMs !== 60_000 && { lag: `${lagMs}ms` }),
    ...(keepMinutesMs !== 400 * dayMs && { keepMinutes: `${keepMinutesMs}ms` }),
    ...(leastCoverage !== 0.9 && { leastCoverage: percent(leastCoverage) }),
    ...(silentAfterMs !== 900_000 && { silentAfter: `${silentAfterMs}ms` }),
  };
  return Object.keys(monitor).length > 0 ? { monitor } : {};
}
