import type { StatusPage } from '../../../contracts/objectives/status-page.ts';
import { escapeMarkup } from '../../kernel/escape-markup.ts';
import { utcMoment } from '../../kernel/moment.ts';
import { element } from '../../kernel/markup.ts';
import { stableId } from '../../../policies/objectives/status-page/stable-id.ts';
import { incidentState, maintenanceInWords, namesOf } from './page-words.ts';

interface Entry {
  id: string;
  title: string;
  publishedAtMs: number;
  updatedAtMs: number;
  text: string;
  anchor: string;
}

const mostEntries = 50;

/** An incident is one entry: its ID stays, and what was updated moves it up. Maintenance is in it, too. */
export function atomFeed(page: StatusPage): string {
  const entries = [...incidentEntries(page), ...maintenanceEntries(page)]
    .sort((one, other) => other.updatedAtMs - one.updatedAtMs)
    .slice(0, mostEntries);
  const base = (page.url ?? '').replace(/\/$/, '');
  const updatedAtMs = entries[0]?.updatedAtMs ?? 0;
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
${[
  element('title', {}, escapeMarkup(page.name)),
  element('id', {}, `urn:belay:status:${stableId(`${page.name} ${page.url ?? ''}`)}`),
  element('updated', {}, iso(updatedAtMs)),
  element('author', {}, element('name', {}, escapeMarkup(page.name))),
  ...(base === ''
    ? []
    : [
        element('link', { rel: 'self', href: `${base}/feed.atom` }),
        element('link', { href: `${base}/` }),
      ]),
  ...entries.map((entry) => entryOf(entry, base)),
].join('\n')}
</feed>
`;
}

function entryOf(
  { id, title, publishedAtMs, updatedAtMs, text, anchor }: Entry,
  base: string,
): string {
  return element(
    'entry',
    {},
    element('id', {}, `urn:belay:status:${id}`),
    element('title', {}, escapeMarkup(title)),
    element('published', {}, iso(publishedAtMs)),
    element('updated', {}, iso(updatedAtMs)),
    element('link', { href: `${base}/history.html#${anchor}` }),
    element('content', { type: 'text' }, escapeMarkup(text)),
  );
}

function incidentEntries(page: StatusPage): Entry[] {
  return page.incidents.map((incident) => {
    const { id, title, updates, services } = incident;
    const [first, last] = [updates[0], updates.at(-1)];
    const publishedAtMs = first?.atMs ?? incident.startedAtMs;
    const lines = updates
      .toReversed()
      .map(({ atMs, state, text }) => `${utcMoment(atMs)} ${state}: ${text}`);
    return {
      ...{ id, anchor: `incident-${id}`, publishedAtMs },
      title: `${title}: ${incidentState(incident)}`,
      updatedAtMs: Math.max(last?.atMs ?? publishedAtMs, incident.resolvedAtMs ?? 0),
      text: [`Services: ${namesOf(services, page)}`, ...lines].join('\n'),
    };
  });
}

function maintenanceEntries(page: StatusPage): Entry[] {
  return page.maintenances.map((maintenance) => {
    const { id, state, services, announcedAtMs, fromMs, untilMs } = maintenance;
    return {
      ...{ id, anchor: `maintenance-${id}`, title: maintenanceInWords(maintenance) },
      publishedAtMs: announcedAtMs,
      updatedAtMs: { scheduled: announcedAtMs, in_progress: fromMs, completed: untilMs }[state],
      text: `Services: ${namesOf(services, page)}\nFrom ${utcMoment(fromMs)} until ${utcMoment(untilMs)}`,
    };
  });
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}
