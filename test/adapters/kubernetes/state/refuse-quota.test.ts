import { expect, test } from 'vitest';
import { replicaSetRefusals } from '../../../../src/adapters/kubernetes/state/refuse-quota.ts';
import { shopObjects, target } from './shop-objects.ts';

const v3 = { version: 'v3', image: 'shop:v3' };
const resource = 'count/replicasets.apps';
const quotaOf = (limit: string) => [
  {
    metadata: { name: 'counts' },
    status: { hard: { [resource]: limit }, used: { [resource]: '3' } },
  },
];

const labelled = { ...target, labels: { team: 'payments' } };

test.each([
  ['in place, stable has a new one', target, { release: v3, way: 'in-place' }, '1 more'],
  [
    'beside stable, the canary and then stable have one where the canary cannot be adopted',
    labelled,
    { release: v3, way: 'beside' },
    '2 more',
  ],
] as const)('a quota of ReplicaSets: %s', (_what, of, wanted, needed) => {
  const objects = (limit: string) => shopObjects({ target: of, quotas: quotaOf(limit) });
  const reasons = replicaSetRefusals(objects('3'), wanted);
  expect(reasons).toEqual([
    expect.stringContaining('count/replicasets.apps is limited to 3, 3 is used, and ' + needed),
  ]);
  expect(replicaSetRefusals(objects('5'), wanted)).toEqual([]);
});

test('a quota of ReplicaSets is tried, not computed, where only the rollout itself creates one', () => {
  const full = shopObjects({ quotas: quotaOf('3') });
  expect(replicaSetRefusals(full, { release: v3, way: 'beside' })).toEqual([]);
  const back = { release: { ...v3, revision: 2 }, way: 'beside' as const };
  expect(replicaSetRefusals(full, back)).toEqual([]);
});
