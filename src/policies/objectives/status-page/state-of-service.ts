import type { Standing } from '../../../contracts/objectives/standing.ts';
import type { Violation } from '../../../contracts/objectives/violation.ts';
import type {
  PageIncident,
  PageMaintenance,
  ServiceState,
} from '../../../contracts/objectives/status-page.ts';

/** What is known of a service now. */
export interface PresentService {
  service: string;
  standings: readonly Standing[];
  violations: readonly Violation[];
  incidents: readonly PageIncident[];
  maintenances: readonly PageMaintenance[];
  /** Nobody has measured anything lately. */
  isStale: boolean;
}

const stateOfImpact = {
  critical: 'major_outage',
  major: 'partial_outage',
  minor: 'degraded_performance',
} as const satisfies Readonly<Record<PageIncident['impact'], ServiceState>>;

const impacts = ['critical', 'major', 'minor'] as const;

/** An incident outranks maintenance, which would hide it; and what nobody measures is not operational. */
export function stateOfService(present: PresentService): ServiceState {
  const { service, standings, violations, incidents, maintenances, isStale } = present;
  const open = incidents.filter(
    ({ services, resolvedAtMs }) => resolvedAtMs === undefined && services.includes(service),
  );
  const worst = impacts.find((impact) => open.some((each) => each.impact === impact));
  if (worst !== undefined) return stateOfImpact[worst];
  const isMaintained = maintenances.some(
    ({ state, services }) => state === 'in_progress' && services.includes(service),
  );
  if (isMaintained) return 'under_maintenance';
  const own = standings.filter((each) => each.service === service);
  const isSilent = own.every(({ silence }) => silence !== undefined);
  if (isStale || isSilent) return 'no_data';
  const isBurning = violations.some(
    (each) =>
      each.service === service && each.kind === 'burn-page' && each.closedAtMs === undefined,
  );
  return isBurning ? 'degraded_performance' : 'operational';
}
