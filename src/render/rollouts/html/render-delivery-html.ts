import type { Delivery } from '../../../contracts/rollouts/delivery.ts';
import { escapeMarkup } from '../../kernel/escape-markup.ts';
import { htmlFacts, htmlPage, htmlSection } from '../../kernel/html/html-page.ts';
import { htmlTable } from '../../kernel/html/html-table.ts';
import { element } from '../../kernel/markup.ts';
import { leadTimeInWords, recoveryInWords, shareInWords } from '../delivery-words.ts';

/** A part for each service, never an average over them. */
export function renderDeliveryHtml(
  deliveries: readonly Delivery[],
  { from, to, zone }: { from: string; to: string; zone: string },
  nowMs: number,
): string {
  const title = 'How services are delivered';
  const period = `From ${from} until ${to}, in weeks of ${zone}.`;
  const none = deliveries.length === 0 ? ' No release had all traffic, and none was undone.' : '';
  const head = element('h1', {}, title) + element('p', {}, escapeMarkup(period + none));
  return htmlPage(title, [head, ...deliveries.map(serviceSection)], nowMs);
}

function serviceSection(delivery: Delivery): string {
  const { leadTime, recoveryTime, deployments, deploymentsPerWeek } = delivery;
  const facts = htmlFacts([
    ['Deployments', `${deployments}, ${deploymentsPerWeek.toFixed(1)} a week`],
    ['Change lead time', leadTimeInWords(leadTime)],
    ['Change fail rate', shareInWords(delivery.changeFailRate)],
    ['Failed deployment recovery time', recoveryInWords(recoveryTime)],
    ['Deployment rework rate', shareInWords(delivery.reworkRate)],
    ['Caught before all traffic', String(delivery.caught)],
  ]);
  const weeks = htmlTable(
    [
      { title: 'Week of', set: 'fixed' },
      { title: 'Deployments', set: 'number' },
      { title: 'Failed', set: 'number' },
      { title: 'Rework', set: 'number' },
    ],
    delivery.weeks.map(({ monday, deployments, failed, rework }) => [
      ...[monday, String(deployments), String(failed), String(rework)],
    ]),
  );
  return htmlSection(`${delivery.environment}/${delivery.service}`, facts + weeks);
}
