import type { PageService, StatusPage } from '../../../../contracts/objectives/status-page.ts';
import { escapeMarkup } from '../../../kernel/escape-markup.ts';
import { htmlList, htmlSection } from '../../../kernel/html/html-page.ts';
import { htmlTable } from '../../../kernel/html/html-table.ts';
import { element } from '../../../kernel/markup.ts';
import { partsInWords } from '../../time-words.ts';
import { momentIn } from '../../moment-in.ts';
import { pageWords, stateMarks, worstState } from '../page-words.ts';
import { incidentArticle, maintenanceArticle } from './incident-article.ts';
import { statusHtml } from './layout.ts';
import { barsKey, serviceBars, serviceRow, stateLabel } from './service-row.ts';

const recentMs = 15 * 86_400_000;

export function indexPage(page: StatusPage): string {
  const state = worstState(page);
  const mark = element('span', { class: state, 'aria-hidden': 'true' }, `${stateMarks[state]} `);
  const head = element(
    'header',
    { class: state },
    element('h1', {}, escapeMarkup(page.name)),
    element('p', { class: 'reason', role: 'status' }, mark, pageWords[state]),
  );
  const open = page.incidents.filter(({ resolvedAtMs }) => resolvedAtMs === undefined);
  const past = page.incidents.filter(
    ({ resolvedAtMs }) => resolvedAtMs !== undefined && resolvedAtMs > page.writtenAtMs - recentMs,
  );
  const ahead = page.maintenances.filter(({ state: when }) => when !== 'completed');
  const services = element(
    'section',
    { id: 'services' },
    element('h2', {}, 'Services'),
    ...page.services.map(serviceRow),
    barsKey(),
  );
  const articles = (incidents: StatusPage['incidents']) =>
    incidents.length > 0 && incidents.map((each) => incidentArticle(page, each)).join('');
  return statusHtml(page, {
    title: `${page.name}: ${pageWords[state]}`,
    root: '',
    parts: [
      head,
      htmlSection('Now', articles(open)),
      htmlSection(
        'Maintenance',
        ahead.length > 0 && ahead.map((each) => maintenanceArticle(page, each)).join(''),
      ),
      services,
      htmlSection(
        'The last 15 days',
        articles(past) || element('p', {}, 'Nothing was reported that is resolved by now.'),
      ),
    ],
  });
}

/** Every day of a service, for those who want to know more than bars say. */
export function servicePage(page: StatusPage, service: PageService): string {
  const nav = element('nav', {}, element('a', { href: '../index.html' }, escapeMarkup(page.name)));
  const head = element(
    'header',
    { class: service.state },
    element('h1', {}, escapeMarkup(service.name)),
    stateLabel(service),
  );
  const objectives = htmlTable(
    [{ title: 'Objective' }, { title: 'Measured' }, { title: 'Verdict' }],
    service.objectives.map(({ aim, value, verdict }) => [aim, value, verdict]),
  );
  const days = htmlTable(
    [
      { title: 'Day', set: 'fixed' },
      { title: 'Time', set: 'wide' },
    ],
    service.days.toReversed().map(({ name, tally }) => [name, partsInWords(tally)]),
  );
  const about = page.incidents.filter(({ services }) => services.includes(service.service));
  return statusHtml(page, {
    title: `${service.name}, ${page.name}`,
    root: '../',
    parts: [
      nav,
      head,
      element(
        'section',
        { id: 'services' },
        element('h2', {}, `The last ${service.days.length} days`),
        serviceBars(service),
        barsKey(),
      ),
      htmlSection('Objectives', objectives),
      htmlSection(
        'Recorded by hand',
        service.recordedByHand.length > 0 &&
          htmlList(
            service.recordedByHand.map(
              ({ fromMs, untilMs }) =>
                `Bad time from ${momentIn(page.zone, fromMs)} until ${momentIn(page.zone, untilMs)}, which was not measured`,
            ),
          ),
      ),
      htmlSection(
        'Incidents',
        about.length > 0 && about.map((each) => incidentArticle(page, each)).join(''),
      ),
      htmlSection('Day by day', days),
    ],
  });
}

/** Everything that is known, by month. */
export function historyPage(page: StatusPage): string {
  const nav = element('nav', {}, element('a', { href: 'index.html' }, escapeMarkup(page.name)));
  const all = [
    ...page.incidents.map((each) => ({
      ...{ atMs: each.startedAtMs, article: incidentArticle(page, each) },
    })),
    ...page.maintenances.map((each) => ({
      ...{ atMs: each.fromMs, article: maintenanceArticle(page, each) },
    })),
  ].sort((one, other) => other.atMs - one.atMs);
  const months = new Map<string, string>();
  for (const { atMs, article } of all) {
    const month = momentIn(page.zone, atMs).slice(0, 7);
    months.set(month, (months.get(month) ?? '') + article);
  }
  const sections = [...months].map(([month, articles]) => htmlSection(month, articles));
  const none = htmlSection('History', element('p', {}, 'Nothing was reported.'));
  return statusHtml(page, {
    title: `History, ${page.name}`,
    root: '',
    parts: [
      nav,
      element(
        'header',
        { id: 'services' },
        element('h1', {}, escapeMarkup(`History of ${page.name}`)),
      ),
      ...(sections.length === 0 ? [none] : sections),
    ],
  });
}
