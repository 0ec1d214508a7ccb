import { expect, test } from 'vitest';
import { renderCosts } from '../../src/cli/render/cost.ts';
import { noPaint } from '../../src/cli/render/page.ts';
import type { ServiceCost } from '../../src/contracts/rollouts/cost.ts';

const page = { paint: noPaint, nowMs: 0, timeZone: 'UTC' };
const run = {
  runRef: 'r',
  version: 'v2',
  outcome: 'Promoted',
  startedAtMs: 0,
  endedAtMs: 3_600_000,
};
const shop: ServiceCost = {
  ...{
    environment: 'prod',
    service: 'shop',
    unknown: 1,
    extraReplicaHours: 2,
    share: 0.2,
    price: 0.5,
  },
  rollouts: [
    { ...run, kind: 'canary', extraReplicaHours: 2, steadyReplicaHours: 10 },
    { ...run, kind: 'rolling', unknown: 'the platform decides' },
  ],
};
const cart: ServiceCost = {
  ...{ environment: 'prod', service: 'cart', unknown: 1 },
  rollouts: [{ ...run, kind: 'rolling', unknown: 'the platform decides' }],
};

test('a service is told with its rollouts, and what is unknown says so', () => {
  expect(renderCosts([shop], 'In 1970', page).split('\n')).toEqual([
    'In 1970',
    '',
    'SERVICE    ROLLOUTS  UNKNOWN  EXTRA REPLICA-HOURS  OF STABLE  COST',
    'prod/shop         2        1                 2.00       20 %  0.50',
    '',
    'ENDED       KIND     VERSION  OUTCOME   EXTRA REPLICA-HOURS  OF STABLE',
    '1970-01-01  canary   v2       Promoted                 2.00       20 %',
    '1970-01-01  rolling  v2       Promoted              unknown          -  the platform decides',
  ]);
});

test('several services are a table, in which unknown is no zero', () => {
  const lines = renderCosts([cart, shop], 'In 1970', page).split('\n');
  expect(lines).toHaveLength(5);
  expect(lines[3]?.split(/ {2,}/)).toEqual(['prod/cart', '1', '1', 'unknown', '-', 'unknown']);
});

test('without a price there is no column for it', () => {
  const { price: _, ...unpriced } = shop;
  expect(renderCosts([unpriced, unpriced], 'In 1970', page)).not.toContain('COST');
});
