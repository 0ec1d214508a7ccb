import { expect, test } from 'vitest';
import { replicaSetRefusals } from '../../../../src/adapters/kubernetes/state/refuse-quota.ts';

const v3 = { version: 'v3', image: 'shop:v3' };
const resource = 'count/replicasets.apps';
const quotaOf = (limit: string) => [
  {
    metadata: { name: 'counts' },
    status: { hard: { [resource]: limit }, used: { [resource]: '3' } },
  },
];

test.each([
  [
    'beside stable, the canary and then stable have a new one',
    { release: v3, way: 'beside' },
    '2 more',
  ],
  ['in place, stable has a new one', { release: v3, way: 'in-place' }, '1 more'],
  [
    'a kept revision has its own again',
    { release: { ...v3, revision: 2 }, way: 'beside' },
    '1 more',
  ],
] as const)('a quota of ReplicaSets: %s', (_what, wanted, needed) => {
  const full = quotaOf('3');
  const reasons = replicaSetRefusals({ quotas: full }, wanted);
  expect(reasons).toEqual([
    expect.stringContaining('count/replicasets.apps is limited to 3, 3 is used, and ' + needed),
  ]);
  const roomy = quotaOf('5');
  expect(replicaSetRefusals({ quotas: roomy }, wanted)).toEqual([]);
});
