import { minuteMs, type Minute } from '../../../contracts/objectives/minute.ts';
import type { Standing } from '../../../contracts/objectives/standing.ts';
import type { Violation } from '../../../contracts/objectives/violation.ts';
import type {
  PageIncident,
  PageMaintenance,
  ServiceState,
} from '../../../contracts/objectives/status-page.ts';
import type { Objective } from '../../../specs/objectives/objective.ts';
import { burnPairs } from '../burn-rates.ts';
import { isSilent } from '../stale-state.ts';
import { aboutCallers } from './about-callers.ts';

/** What is known of a service now. */
export interface PresentService {
  service: string;
  objectives: readonly Objective[];
  standings: readonly Standing[];
  violations: readonly Violation[];
  /** Of the last minutes, by objective. */
  lastMinutes: ReadonlyMap<string, readonly Pick<Minute, 'good' | 'bad'>[]>;
  incidents: readonly PageIncident[];
  maintenances: readonly PageMaintenance[];
  /** Nobody has measured anything lately. */
  isStale: boolean;
  nowMs: number;
}

const stateOfImpact = {
  critical: 'major_outage',
  major: 'partial_outage',
  minor: 'degraded_performance',
} as const satisfies Readonly<Record<PageIncident['impact'], ServiceState>>;

const impacts = ['critical', 'major', 'minor'] as const;

/** How long the service has to be down until the page says so by itself. */
export const lastMinutesMs = 5 * minuteMs;
/** Fewer failures prove nothing. */
const leastFailures = 3;

/**
 * An incident outranks maintenance, which would hide it. What nobody measures is not operational: also
 * where only one of several objectives about callers is silent.
 */
export function stateOfService(present: PresentService): ServiceState {
  const { service, incidents, maintenances, isStale } = present;
  const open = incidents.filter(
    ({ services, resolvedAtMs }) => resolvedAtMs === undefined && services.includes(service),
  );
  const worst = impacts.find((impact) => open.some((each) => each.impact === impact));
  if (worst !== undefined) return stateOfImpact[worst];
  const isMaintained = maintenances.some(
    ({ state, services }) => state === 'in_progress' && services.includes(service),
  );
  if (isMaintained) return 'under_maintenance';
  if (isStale) return 'no_data';
  const own = aboutCallers(present.objectives.filter((each) => each.service === service));
  if (own.some((objective) => isFailing(objective, present))) return 'degraded_performance';
  const isUnknown = (name: string) => {
    const standing = present.standings.find((each) => each.objective === name);
    return standing === undefined || isSilent(standing, present.nowMs);
  };
  return own.length === 0 || own.some(({ name }) => isUnknown(name)) ? 'no_data' : 'operational';
}

/** It burns its budget fast; or most requests fail now; or it is breached, and too short for burn rates. */
function isFailing(
  objective: Objective,
  { violations, lastMinutes }: Pick<PresentService, 'violations' | 'lastMinutes'>,
): boolean {
  const { name } = objective;
  const isOpen = (kind: Violation['kind']) =>
    violations.some(
      (each) => each.objective === name && each.kind === kind && each.closedAtMs === undefined,
    );
  if (isOpen('burn-page')) return true;
  if (isOpen('breach') && !hasPages(objective)) return true;
  if (objective.indicator === 'throughput') return false;
  const minutes = lastMinutes.get(name) ?? [];
  const bad = minutes.reduce((sum, each) => sum + each.bad, 0);
  const good = minutes.reduce((sum, each) => sum + each.good, 0);
  return bad >= leastFailures && bad >= good;
}

const dayMs = 86_400_000;

/** Whether any burn rate of its window can open a page; a breach of a short window is recent. */
function hasPages({ window, indicator, comparison }: Objective): boolean {
  if (indicator === 'throughput' || comparison === 'equal') return false;
  const lengthMs = window.of === 'rolling' ? window.lengthMs : leastLengthMs[window.unit];
  return burnPairs(lengthMs).some(({ severity }) => severity === 'page');
}

const leastLengthMs = {
  ...{ day: dayMs, week: 7 * dayMs, month: 28 * dayMs, quarter: 90 * dayMs, year: 365 * dayMs },
} as const;
