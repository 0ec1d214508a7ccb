import { expect, test } from 'vitest';
import type { Delivery } from '../../src/contracts/rollouts/delivery.ts';
import { renderDeliveries } from '../../src/cli/render/delivery.ts';
import { noPaint } from '../../src/cli/render/page.ts';
import { renderDeliveryHtml } from '../../src/render/rollouts/html/render-delivery-html.ts';

const hour = 3_600_000;
const week = (monday: string, deployments: number, failed: number, rework: number) => ({
  ...{ monday, fromMs: Date.parse(monday), toMs: Date.parse(monday) + 168 * hour },
  ...{ deployments, failed, rework },
});
const shop: Delivery = {
  ...{ environment: 'prod', service: 'shop', deployments: 8, deploymentsPerWeek: 4, caught: 2 },
  weeks: [week('2026-11-16', 0, 0, 0), week('2026-11-23', 8, 1, 1)],
  leadTime: { n: 9, medianMs: 2 * hour, p90Ms: 60 * hour, unknown: 1 },
  changeFailRate: { count: 1, of: 8, share: 1 / 8 },
  recoveryTime: { n: 1, medianMs: 90_000, p90Ms: 90_000, unknown: 0 },
  reworkRate: { count: 1, of: 9, share: 1 / 9 },
};
const cart: Delivery = {
  ...{ environment: 'prod', service: 'cart', deployments: 0, deploymentsPerWeek: 0, caught: 1 },
  weeks: [],
  leadTime: { n: 0, unknown: 0 },
  changeFailRate: { count: 0, of: 0 },
  recoveryTime: { n: 0, unknown: 0 },
  reworkRate: { count: 0, of: 0 },
};
const period = { from: '2026-11-16', to: '2026-11-30', zone: 'UTC' };
const page = { paint: noPaint };

test('a service is told with its weeks, and how many each figure is of', () => {
  expect(renderDeliveries([shop], period, page).split('\n')).toEqual([
    'From 2026-11-16 until 2026-11-30, UTC',
    '',
    'SERVICE    DEPLOYMENTS  PER WEEK  LEAD TIME                                          FAILED           RECOVERED AFTER  REWORK           CAUGHT EARLY',
    'prod/shop            8       4.0  2 h, 90 % within 2.5 d (9 commits), unknown for 1  12.5 % (1 of 8)  1.5 min (1)      11.1 % (1 of 9)             2',
    '',
    'WEEK OF     DEPLOYMENTS  FAILED  REWORK',
    '2026-11-16            0       0       0',
    '2026-11-23            8       1       1  ████████',
  ]);
});

test('nothing is made of nothing: a service without a deployment has no rates', () => {
  const lines = renderDeliveries([cart, shop], period, page).split('\n');
  expect(lines).toHaveLength(5);
  expect(lines[3]?.split(/ {2,}/)).toEqual(['prod/cart', '0', '0.0', '-', '-', '-', '-', '1']);
});

test('an empty period says so', () => {
  expect(renderDeliveries([], period, page)).toBe(
    'From 2026-11-16 until 2026-11-30, UTC: no release had all traffic, and none was undone.',
  );
});

test('as HTML every service has its facts and its weeks', () => {
  const html = renderDeliveryHtml([shop, cart], period, Date.UTC(2026, 10, 30));
  for (const text of ['prod/shop', 'prod/cart', '12.5 % (1 of 8)', '2026-11-23']) {
    expect(html).toContain(text);
  }
});
