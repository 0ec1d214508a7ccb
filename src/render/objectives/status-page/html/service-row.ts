import type { PageService } from '../../../../contracts/objectives/status-page.ts';
import { escapeMarkup } from '../../../kernel/escape-markup.ts';
import { element } from '../../../kernel/markup.ts';
import { barsInWords, dayBars } from '../../chart/day-bars.ts';
import { percentOf } from '../../time-words.ts';
import { stateMarks, stateWords } from '../page-words.ts';

const layout = { step: 8, height: 34 };

export function stateLabel({ state }: Pick<PageService, 'state'>): string {
  const mark = element('span', { 'aria-hidden': 'true' }, `${stateMarks[state]} `);
  return element('p', { class: `state ${state}` }, `${mark}${stateWords[state]}`);
}

/** The bars of a service, and in words what they show. */
export function serviceBars({ name, days, uptime }: PageService): string {
  const attributes = {
    class: 'bars',
    viewBox: `0 0 ${Math.max(1, days.length) * layout.step} ${layout.height}`,
    preserveAspectRatio: 'none',
    role: 'img',
    'aria-label': `${name}, ${barsInWords(days)}`,
  };
  const share = uptime === undefined ? 'no data' : `${percentOf(uptime)} good`;
  const ends = element(
    'div',
    { class: 'ends', 'aria-hidden': 'true' },
    element('span', {}, days[0]?.name ?? ''),
    element('span', {}, share),
    element('span', {}, 'today'),
  );
  return element('svg', attributes, dayBars(days, layout)) + ends;
}

export function serviceRow(service: PageService): string {
  const link = element(
    'a',
    { href: `services/${service.service}.html` },
    escapeMarkup(service.name),
  );
  const { description } = service;
  return element(
    'div',
    { class: 'service' },
    element('div', { class: 'row' }, element('h3', {}, link), stateLabel(service)),
    description === undefined ? '' : element('p', { class: 'soft' }, escapeMarkup(description)),
    serviceBars(service),
  );
}

/** What the colours mean. */
export function barsKey(): string {
  const entries = [
    ['good', 'objective met'],
    ['bad', 'not met'],
    ['none', 'no data, or no requests'],
    ['excluded', 'announced maintenance'],
  ] as const;
  return element(
    'ul',
    { class: 'key' },
    ...entries.map(([kind, words]) =>
      element(
        'li',
        {},
        element(
          'svg',
          { class: 'bars', viewBox: '0 0 12 12', 'aria-hidden': 'true' },
          element('path', { class: kind, d: 'M0 0h12v12h-12z' }),
        ),
        words,
      ),
    ),
  );
}
