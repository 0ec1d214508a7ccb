import type { RolloutCost, ServiceCost } from '../../contracts/rollouts/cost.ts';
import { formatDay, type Page } from './page.ts';
import { renderTable } from './table.ts';

/** All services in one table; of a single one its rollouts, too. */
export function renderCosts(
  costs: readonly ServiceCost[],
  period: string,
  { paint, ...page }: Pick<Page, 'paint' | 'nowMs' | 'timeZone'>,
): string {
  if (costs.length === 0) return `${period}: no rollout has ended.`;
  const hasPrices = costs.some(({ price }) => price !== undefined);
  const titles = ['SERVICE', 'ROLLOUTS', 'UNKNOWN', 'EXTRA REPLICA-HOURS', 'OF STABLE', 'COST'];
  const rows = costs.map((cost) => [
    paint.bold(`${cost.environment}/${cost.service}`),
    ...[String(cost.rollouts.length), String(cost.unknown), hours(cost.extraReplicaHours)],
    ...[percent(cost.share), money(cost.price)],
  ]);
  const shown = hasPrices ? 6 : 5;
  const table = [titles.map((title) => paint.dim(title)), ...rows].map((row) =>
    row.slice(0, shown),
  );
  const [only] = costs;
  const each =
    costs.length === 1 && only !== undefined ? rolloutsOf(only.rollouts, { paint, ...page }) : [];
  return [
    ...[paint.bold(period), ''],
    ...renderTable(table, { indent: 0, right: [1, 2, 3, 4, 5] }),
    ...each,
  ].join('\n');
}

function rolloutsOf(rollouts: readonly RolloutCost[], page: Page): string[] {
  const titles = ['ENDED', 'KIND', 'VERSION', 'OUTCOME', 'EXTRA REPLICA-HOURS', 'OF STABLE', ''];
  const rows = rollouts.map((each) => [
    ...[formatDay(each.endedAtMs, page), each.kind, each.version, each.outcome],
    ...[hours(each.extraReplicaHours), percent(shareOf(each)), each.unknown ?? ''],
  ]);
  const table = [titles.map((title) => page.paint.dim(title)), ...rows];
  return ['', ...renderTable(table, { indent: 0, right: [4, 5] })];
}

function shareOf({ extraReplicaHours = 0, steadyReplicaHours = 0 }: RolloutCost) {
  return steadyReplicaHours > 0 ? extraReplicaHours / steadyReplicaHours : undefined;
}

function hours(value: number | undefined): string {
  return value === undefined ? 'unknown' : value.toFixed(2);
}

function percent(share: number | undefined): string {
  return share === undefined ? '-' : `${Math.round(share * 100)} %`;
}

function money(price: number | undefined): string {
  return price === undefined ? 'unknown' : price.toFixed(2);
}
