import type { PageService, ServiceState } from '../../../contracts/objectives/status-page.ts';
import { escapeMarkup } from '../../kernel/escape-markup.ts';
import { element, textAt } from '../../kernel/markup.ts';
import { percentOf } from '../time-words.ts';
import { stateWords } from './page-words.ts';

/** Dark enough for white text. */
const colours: Readonly<Record<ServiceState, string>> = {
  operational: '#1b7a43',
  degraded_performance: '#8a5a00',
  partial_outage: '#b3400e',
  major_outage: '#a01717',
  under_maintenance: '#3f51b5',
  no_data: '#5b6470',
};

const height = 20;

/** One picture that says how a service is, for a README or a wiki. */
export function badge({
  name,
  state,
  uptime,
}: Pick<PageService, 'name' | 'state' | 'uptime'>): string {
  const said =
    uptime === undefined ? stateWords[state] : `${stateWords[state]} ${percentOf(uptime)}`;
  const [left, right] = [widthOf(name), widthOf(said)];
  const text = {
    fill: '#fff',
    'text-anchor': 'middle',
    'font-family': 'Verdana, sans-serif',
    'font-size': 11,
  };
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      ...{ width: left + right, height, role: 'img', 'aria-label': `${name}: ${said}` },
    },
    element('title', {}, escapeMarkup(`${name}: ${said}`)),
    element('rect', { width: left, height, fill: '#3d434d' }),
    element('rect', { x: left, width: right, height, fill: colours[state] }),
    textAt(left / 2, 14, name, text),
    textAt(left + right / 2, 14, said, text),
  );
}

function widthOf(text: string): number {
  return Math.round(text.length * 6.8) + 14;
}
