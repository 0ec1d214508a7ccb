import type {
  PageIncident,
  PageMaintenance,
  ServiceState,
  StatusPage,
} from '../../../contracts/objectives/status-page.ts';

export const stateWords: Readonly<Record<ServiceState, string>> = {
  operational: 'Operational',
  degraded_performance: 'Degraded',
  partial_outage: 'Partial outage',
  major_outage: 'Major outage',
  under_maintenance: 'Under maintenance',
  no_data: 'No data',
};

/** Also told apart without colours. */
export const stateMarks: Readonly<Record<ServiceState, string>> = {
  operational: '✓',
  degraded_performance: '!',
  partial_outage: '!!',
  major_outage: '✕',
  under_maintenance: '⚒',
  no_data: '?',
};

const worstFirst: readonly ServiceState[] = [
  ...(['major_outage', 'partial_outage', 'degraded_performance', 'no_data'] as const),
  ...(['under_maintenance', 'operational'] as const),
];

/** That of the page is the worst of its services. */
export function worstState({ services }: Pick<StatusPage, 'services'>): ServiceState {
  return worstFirst.find((state) => services.some((each) => each.state === state)) ?? 'operational';
}

export const pageWords: Readonly<Record<ServiceState, string>> = {
  operational: 'All services are operational',
  degraded_performance: 'Some services are degraded',
  partial_outage: 'Some services are partly out',
  major_outage: 'Some services are out',
  under_maintenance: 'Maintenance is going on',
  no_data: 'Some services are not being measured',
};

/** `Shop, Cart`: names that the public knows. */
export function namesOf(services: readonly string[], page: Pick<StatusPage, 'services'>): string {
  return page.services
    .filter(({ service }) => services.includes(service))
    .map(({ name }) => name)
    .join(', ');
}

export function incidentState({ updates, resolvedAtMs }: PageIncident): string {
  return resolvedAtMs !== undefined ? 'resolved' : (updates.at(-1)?.state ?? 'investigating');
}

/** `Planned maintenance: New disks`. */
export function maintenanceInWords({
  title,
  state,
}: Pick<PageMaintenance, 'title' | 'state'>): string {
  const words = maintenanceWords[state];
  return title === undefined ? words : `${words}: ${title}`;
}

/** Where only a name fits. */
export function maintenanceName({ title = 'Maintenance' }: Pick<PageMaintenance, 'title'>): string {
  return title;
}

const maintenanceWords: Readonly<Record<PageMaintenance['state'], string>> = {
  scheduled: 'Planned maintenance',
  in_progress: 'Maintenance is going on',
  completed: 'Maintenance',
};
