import type { Delivery, WeekOfDelivery } from '../../contracts/rollouts/delivery.ts';
import {
  leadTimeInWords,
  recoveryInWords,
  shareInWords,
} from '../../render/rollouts/delivery-words.ts';
import type { Page } from './page.ts';
import { renderTable } from './table.ts';

const titles = [
  ...['SERVICE', 'DEPLOYMENTS', 'PER WEEK', 'LEAD TIME', 'FAILED', 'RECOVERED AFTER'],
  ...['REWORK', 'CAUGHT EARLY'],
];

/** All services in one table; of a single one its weeks, too. */
export function renderDeliveries(
  deliveries: readonly Delivery[],
  { from, to, zone }: { from: string; to: string; zone: string },
  { paint }: Pick<Page, 'paint'>,
): string {
  const period = `From ${from} until ${to}, ${zone}`;
  if (deliveries.length === 0) return `${period}: no release had all traffic, and none was undone.`;
  const rows = deliveries.map((delivery) => [
    paint.bold(`${delivery.environment}/${delivery.service}`),
    String(delivery.deployments),
    delivery.deploymentsPerWeek.toFixed(1),
    leadTimeInWords(delivery.leadTime),
    shareInWords(delivery.changeFailRate),
    recoveryInWords(delivery.recoveryTime),
    shareInWords(delivery.reworkRate),
    String(delivery.caught),
  ]);
  const heading = titles.map((title) => paint.dim(title));
  const table = renderTable([heading, ...rows], { indent: 0, right: [1, 2, 7] });
  const [only] = deliveries;
  const weeks = deliveries.length === 1 && only !== undefined ? weeksOf(only.weeks, paint) : [];
  return [paint.bold(period), '', ...table, ...weeks].join('\n');
}

const longestBar = 40;

function bar(count: number): string {
  return count > longestBar ? `${'█'.repeat(longestBar)}…` : '█'.repeat(count);
}

function weeksOf(weeks: readonly WeekOfDelivery[], paint: Page['paint']): string[] {
  const heading = ['WEEK OF', 'DEPLOYMENTS', 'FAILED', 'REWORK', ''].map((title) =>
    paint.dim(title),
  );
  const rows = weeks.map(({ monday, deployments, failed, rework }) => [
    monday,
    String(deployments),
    String(failed),
    String(rework),
    bar(deployments - failed) + paint.red(bar(failed)),
  ]);
  return ['', ...renderTable([heading, ...rows], { indent: 0, right: [1, 2, 3] })];
}
