import { expect, test } from 'vitest';
import { updateQuotaRefusals } from '../../../../src/adapters/kubernetes/state/refuse-update-quota.ts';
import { stableShop } from './shop-objects.ts';

const v3 = { version: 'v3', image: 'shop:v3' };

const cpu = (milli: number) => ({ requests: { cpu: `${milli}m` } });
const three = (strategy: object) => {
  const stable = stableShop(3);
  const { deployment } = stable;
  deployment.spec!.strategy = strategy;
  deployment.spec!.template.spec!.containers[0]!.resources = cpu(500);
  return stable;
};
const rolling = (maxSurge: number | string, maxUnavailable: number | string) => ({
  type: 'RollingUpdate',
  rollingUpdate: { maxSurge, maxUnavailable },
});
const quota = (resource: string, limit: string, used: string) => [
  {
    metadata: { name: 'team' },
    status: { hard: { [resource]: limit }, used: { [resource]: used } },
  },
];
const larger = { ...v3, patch: [resourcesPatch(cpu(700))] };

function resourcesPatch(value: object) {
  return { op: 'add' as const, path: '/spec/containers/0/resources', value };
}

test.each([
  [
    'no room for the one pod that has to start first',
    rolling(1, 0),
    quota('pods', '3', '3'),
    v3,
    /pods is limited to 3, 3 is used, and 1 more pod/,
  ],
  [
    'no room for its requests',
    rolling('25%', 0),
    quota('requests.cpu', '1900m', '1500m'),
    v3,
    /requests.cpu is limited to 1900m, 1500m is used, and 1 more pod/,
  ],
  [
    'new pods that are larger in all',
    rolling(1, 1),
    quota('requests.cpu', '2', '1500m'),
    larger,
    /requests.cpu is limited to 2, 1500m is used, and the release needs more for its 3 pods/,
  ],
] as const)('a rolling update is refused: %s', (_what, strategy, quotas, release, reason) => {
  const wanted = { release, how: 'rolling' } as const;
  expect(updateQuotaRefusals({ stable: three(strategy), quotas }, wanted)).toEqual([
    expect.stringMatching(reason),
  ]);
});

test.each([
  ['one old pod may stop first', rolling(1, 1), quota('pods', '3', '3'), 'rolling'],
  ['there is room for one at a time', rolling(3, 0), quota('pods', '4', '3'), 'rolling'],
  ['all old pods stop first', rolling(1, 0), quota('pods', '3', '3'), 'recreate'],
] as const)('an update in place is not refused where %s', (_what, strategy, quotas, how) => {
  const wanted = { release: v3, how } as const;
  expect(updateQuotaRefusals({ stable: three(strategy), quotas }, wanted)).toEqual([]);
});
