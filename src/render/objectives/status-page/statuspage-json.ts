import type {
  PageIncident,
  PageMaintenance,
  PageService,
  ServiceState,
  StatusPage,
} from '../../../contracts/objectives/status-page.ts';
import { stableId } from '../../../policies/objectives/status-page/stable-id.ts';
import { incidentState, maintenanceName, pageWords, stateWords, worstState } from './page-words.ts';

/** Files as the API v2 of Atlassian Statuspage has them, so that its clients can read this page. */
export function statuspageJson(page: StatusPage): Record<string, object> {
  const head = { page: pageOf(page) };
  const status = statusOf(page);
  const components = page.services.map((service, index) => componentOf(page, service, index));
  const incidents = page.incidents.map((each) => incidentOf(page, each));
  const unresolved = incidents.filter(({ resolved_at }) => resolved_at === null);
  const maintenances = page.maintenances.map((each) => maintenanceOf(page, each));
  const active = maintenances.filter((each) => each.status === 'in_progress');
  const upcoming = maintenances.filter((each) => each.status === 'scheduled');
  const ahead = [...active, ...upcoming];
  return {
    'summary.json': {
      ...{ ...head, status, components, incidents: unresolved, scheduled_maintenances: ahead },
    },
    'status.json': { ...head, status },
    'components.json': { ...head, components },
    'incidents.json': { ...head, incidents: incidents.slice(0, 50) },
    'incidents/unresolved.json': { ...head, incidents: unresolved },
    'scheduled-maintenances.json': { ...head, scheduled_maintenances: maintenances },
    'scheduled-maintenances/active.json': { ...head, scheduled_maintenances: active },
    'scheduled-maintenances/upcoming.json': { ...head, scheduled_maintenances: upcoming },
  };
}

function pageOf({ name, url = '', zone, writtenAtMs }: StatusPage) {
  return {
    ...{ id: pageId(name), name, url, time_zone: zone },
    updated_at: iso(writtenAtMs),
  };
}

function pageId(name: string): string {
  return stableId(`page ${name}`);
}

const indicators: Readonly<Record<ServiceState, string>> = {
  operational: 'none',
  under_maintenance: 'none',
  degraded_performance: 'minor',
  no_data: 'minor',
  partial_outage: 'major',
  major_outage: 'critical',
};

function statusOf(page: StatusPage) {
  const state = worstState(page);
  return { indicator: indicators[state], description: pageWords[state] };
}

/** The API has no word for what nobody has measured: it is not operational, and the description says why. */
function componentOf(
  page: StatusPage,
  { service, name, state, ...more }: PageService,
  index: number,
) {
  const { description } = more;
  const unknown =
    state === 'no_data' ? `${stateWords.no_data}: nobody has measured it lately` : null;
  return {
    ...{ id: stableId(`component ${service}`), name, page_id: pageId(page.name) },
    status: state === 'no_data' ? 'degraded_performance' : state,
    description: unknown ?? description ?? null,
    ...{ position: index + 1, group: false, group_id: null, showcase: true },
    only_show_if_degraded: false,
    created_at: iso(more.days[0]?.fromMs ?? page.writtenAtMs),
    updated_at: iso(page.writtenAtMs),
    start_date: null,
  };
}

function incidentOf(page: StatusPage, incident: PageIncident) {
  const { id, title, impact, services, startedAtMs, resolvedAtMs, updates } = incident;
  const [first, last] = [updates[0], updates.at(-1)];
  return {
    ...{ id, name: title, impact, page_id: pageId(page.name) },
    status: incidentState(incident),
    shortlink: linkTo(page, `incident-${id}`),
    created_at: iso(first?.atMs ?? startedAtMs),
    started_at: iso(startedAtMs),
    updated_at: iso(Math.max(last?.atMs ?? startedAtMs, resolvedAtMs ?? 0)),
    monitoring_at: moment(updates.find(({ state }) => state === 'monitoring')?.atMs),
    resolved_at: moment(resolvedAtMs),
    // By what it says: its place among the others changes with each update.
    incident_updates: updates.toReversed().map(({ atMs, state, text }) => ({
      ...{ id: stableId(`update ${id} ${atMs} ${state} ${text}`), incident_id: id },
      ...{ status: state, body: text, affected_components: null },
      ...{ created_at: iso(atMs), updated_at: iso(atMs), display_at: iso(atMs) },
    })),
    components: componentsOf(page, services),
  };
}

function maintenanceOf(page: StatusPage, maintenance: PageMaintenance) {
  const { id, services, announcedAtMs, fromMs, untilMs, state } = maintenance;
  const name = maintenanceName(maintenance);
  const changedAtMs = { scheduled: announcedAtMs, in_progress: fromMs, completed: untilMs }[state];
  return {
    ...{ id, name, status: state, impact: 'maintenance', page_id: pageId(page.name) },
    shortlink: linkTo(page, `maintenance-${id}`),
    ...{ created_at: iso(announcedAtMs), started_at: iso(fromMs), updated_at: iso(changedAtMs) },
    ...{ monitoring_at: null, resolved_at: state === 'completed' ? iso(untilMs) : null },
    ...{ scheduled_for: iso(fromMs), scheduled_until: iso(untilMs) },
    incident_updates: [
      {
        ...{ id: stableId(`announcement ${id}`), incident_id: id, status: 'scheduled' },
        ...{ body: name, affected_components: null, created_at: iso(announcedAtMs) },
        ...{ updated_at: iso(announcedAtMs), display_at: iso(announcedAtMs) },
      },
    ],
    components: componentsOf(page, services),
  };
}

function componentsOf(page: StatusPage, services: readonly string[]) {
  return page.services.flatMap((each, index) =>
    services.includes(each.service) ? [componentOf(page, each, index)] : [],
  );
}

function linkTo({ url = '' }: StatusPage, anchor: string): string {
  return `${url.replace(/\/$/, '')}/history.html#${anchor}`;
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}

function moment(atMs: number | undefined): string | null {
  return atMs === undefined ? null : iso(atMs);
}
