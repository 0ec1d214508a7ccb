import type {
  PageIncident,
  PageMaintenance,
  StatusPage,
} from '../../../../contracts/objectives/status-page.ts';
import { escapeMarkup } from '../../../kernel/escape-markup.ts';
import { element } from '../../../kernel/markup.ts';
import { momentIn } from '../../moment-in.ts';
import { incidentState, maintenanceInWords, namesOf } from '../page-words.ts';

function timeOf(page: Pick<StatusPage, 'zone'>, atMs: number): string {
  return element('time', { datetime: new Date(atMs).toISOString() }, momentIn(page.zone, atMs));
}

/** All that was published of an incident, the newest words first. */
export function incidentArticle(page: StatusPage, incident: PageIncident): string {
  const { id, title, services, startedAtMs, resolvedAtMs, updates } = incident;
  const until =
    resolvedAtMs === undefined ? ', not resolved' : ` until ${timeOf(page, resolvedAtMs)}`;
  return element(
    'article',
    { id: `incident-${id}` },
    element('h3', {}, escapeMarkup(`${title}: ${incidentState(incident)}`)),
    element(
      'p',
      { class: 'soft' },
      `${escapeMarkup(namesOf(services, page))}, from ${timeOf(page, startedAtMs)}${until}`,
    ),
    element(
      'ul',
      {},
      ...updates
        .toReversed()
        .map(({ atMs, state, text }) =>
          element(
            'li',
            {},
            `${timeOf(page, atMs)} `,
            element('strong', {}, state),
            ` ${escapeMarkup(text)}`,
          ),
        ),
    ),
  );
}

export function maintenanceArticle(page: StatusPage, maintenance: PageMaintenance): string {
  const { id, services, fromMs, untilMs } = maintenance;
  return element(
    'article',
    { id: `maintenance-${id}` },
    element('h3', {}, escapeMarkup(maintenanceInWords(maintenance))),
    element(
      'p',
      { class: 'soft' },
      `${escapeMarkup(namesOf(services, page))}, from ${timeOf(page, fromMs)} until ${timeOf(page, untilMs)}`,
    ),
  );
}
