import type { V1Deployment, V1ResourceQuota } from '@kubernetes/client-node';
import { describe, expect, test } from 'vitest';
import { refusals, refuse } from '../../../../src/adapters/kubernetes/state/refusals.ts';
import type {
  ServiceObjects,
  Workload,
} from '../../../../src/adapters/kubernetes/state/service-objects.ts';
import type { Release } from '../../../../src/specs/rollouts/release.ts';
import { podWith } from './pods.ts';
import {
  canaryShop,
  held,
  podsOf,
  replicaSet,
  shopObjects,
  shopRef,
  shopService,
  stableShop,
  template,
} from './shop-objects.ts';

const v3: Release = { version: 'v3', image: 'shop:v3' };
const reasonsFor = (over: Partial<ServiceObjects>, release = v3) =>
  refusals(shopRef, shopObjects(over), { release, way: 'beside' });

function changed(
  spec: Partial<V1Deployment['spec']>,
  status: V1Deployment['status'] = {},
): Workload {
  const stable = stableShop();
  const { deployment } = stable;
  return {
    ...stable,
    deployment: {
      ...deployment,
      spec: { ...deployment.spec!, ...spec },
      status: { ...deployment.status, ...status },
    },
  };
}

function podSpec(spec: object): Workload {
  const stable = stableShop();
  const edit = (of: ReturnType<typeof template>) => ({ ...of, spec: { ...of.spec!, ...spec } });
  const [current, ...older] = stable.replicaSets;
  return {
    ...stable,
    deployment: {
      ...stable.deployment,
      spec: { ...stable.deployment.spec!, template: edit(stable.deployment.spec!.template) },
    },
    replicaSets: [
      { ...current!, spec: { ...current!.spec!, template: edit(current!.spec!.template!) } },
      ...older,
    ],
  };
}

const claim = (...accessModes: string[]) => [{ metadata: { name: 'data' }, spec: { accessModes } }];

function quota(hard: Record<string, string>, used: Record<string, string>, spec = {}) {
  const all: V1ResourceQuota = { metadata: { name: 'compute' }, spec, status: { hard, used } };
  return [all];
}

test('a service at rest is refused nothing', () => {
  expect(reasonsFor({})).toEqual([]);
});

test('a Deployment that does not exist must be applied first', () => {
  expect(refusals(shopRef, undefined, { release: v3, way: 'beside' })).toEqual([
    'there is no Deployment shop in namespace demo; apply it first: Belay rolls out releases of Deployments that exist',
  ]);
});

const two = [
  { name: 'shop', image: 'shop:v2' },
  { name: 'proxy', image: 'proxy:1' },
];

const cases: [string, Partial<ServiceObjects>, RegExp][] = [
  [
    'a Service without a selector',
    { services: [], unselective: [shopService({})] },
    /^Service shop has no selector: /,
  ],
  [
    'an ExternalName',
    {
      services: [],
      unselective: [{ metadata: { name: 'shop' }, spec: { type: 'ExternalName' } }],
    },
    /^Service shop is an ExternalName: /,
  ],
  ['no Service at all', { services: [] }, /^no Service in the namespace selects the pods of /],
  [
    'pods of another workload behind the Service',
    {
      otherPods: podsOf(replicaSet('search-x', 1, template('v1')), 5),
    },
    /^pods of other workloads are behind Service shop: search-x-0 \(ReplicaSet search-x\), search-x-1 .*, search-x-2 .* and 2 more; /,
  ],
  [
    'a pod of nobody behind the Service',
    { otherPods: [podWith({ metadata: { name: 'debug' } })] },
    /are behind Service shop: debug; /,
  ],
  ['the network of the host', { stable: podSpec({ hostNetwork: true }) }, /hostNetwork/],
  [
    'a port of the host',
    {
      stable: podSpec({
        containers: [{ ...two[0], ports: [{ containerPort: 80, hostPort: 8080 }] }],
      }),
    },
    /^container shop uses hostPort 8080/,
  ],
  [
    'a volume for one node',
    { claims: claim('ReadWriteOnce') },
    /^PersistentVolumeClaim data is ReadWriteOnce: /,
  ],
  [
    'the strategy Recreate',
    { stable: changed({ strategy: { type: 'Recreate' } }) },
    /^the strategy of the Deployment is Recreate.*use kind: recreate/,
  ],
  [
    "someone else's update under way",
    {
      stable: {
        ...stableShop(),
        replicaSets: [
          replicaSet('shop-c', 3, template('v2'), 1),
          replicaSet('shop-b', 2, template('v1'), 2),
        ],
      },
    },
    /^an update of Deployment shop is under way: shop-b still has pods; wait for it/,
  ],
  [
    'a change that its controller has not seen',
    { stable: changed({}, { observedGeneration: 6 }) },
    /was changed a moment ago/,
  ],
  [
    'a pause in the middle of an edit',
    { stable: changed({ paused: true, template: template('v9') }) },
    /^Deployment shop is paused in the middle of an update; resume it/,
  ],
  [
    'no replicas',
    { stable: changed({ replicas: 0 }) },
    /^Deployment shop is scaled to 0; scale it/,
  ],
  [
    'a route that cannot carry a canary',
    {
      route: {
        name: 'HTTPRoute shop',
        refusals: ['HTTPRoute shop leads nowhere'],
        drift: [],
        leadsToCanary: false,
      },
    },
    /^HTTPRoute shop leads nowhere$/,
  ],
  [
    'a quota without room for twice the pods',
    { quotas: quota({ pods: '3' }, { pods: '2' }) },
    /^ResourceQuota compute has no room: pods is limited to 3, 2 is used, and 2 more pods are needed/,
  ],
];

test.each(cases)('refuses %s, and says what to do', (_, over, reason) => {
  const reasons = reasonsFor(over);
  expect(reasons).toHaveLength(1);
  expect(reasons[0]).toMatch(reason);
});

test('a Deployment that is being deleted, or whose namespace is', () => {
  const stable = stableShop();
  stable.deployment.metadata!.deletionTimestamp = new Date(0);
  expect(reasonsFor({ stable })).toEqual([
    'Deployment shop is being deleted; apply it again once it is gone',
  ]);
  const going = stableShop();
  going.replicaSets[0]!.status!.conditions = [
    {
      type: 'ReplicaFailure',
      status: 'True',
      message: 'unable to create new content in namespace demo because it is being terminated',
    },
  ];
  expect(reasonsFor({ stable: going })).toEqual([
    'namespace demo is being deleted; choose another',
  ]);
});

test('names every reason at once', () => {
  const reasons = refusals(
    shopRef,
    shopObjects({
      stable: podSpec({ hostNetwork: true, containers: two }),
      services: [],
      claims: claim('ReadWriteOncePod'),
      quotas: quota({ pods: '3' }, { pods: '2' }),
    }),
    { release: v3, way: 'beside' },
  );
  expect(reasons).toHaveLength(4);
  expect(reasons.join('\n')).toMatch(/release\.image is for pods of one container/);
});

describe('what does not stop a rollout', () => {
  const unready = { ...stableShop(), pods: podsOf(stableShop().replicaSets[0]!, 2, false) };
  const crashing = { observedGeneration: 7, availableReplicas: 0, readyReplicas: 0 };
  test.each<[string, Partial<ServiceObjects>]>([
    ['a stable whose pods are all unready', { stable: { ...unready, ...changed({}, crashing) } }],
    ['a pause without an edit', { stable: changed({ paused: true }) }],
    ['a volume that many may write', { claims: claim('ReadWriteOnce', 'ReadWriteMany') }],
    ['a quota with just enough room', { quotas: quota({ pods: '4' }, { pods: '2' }) }],
    ['a quota of something else', { quotas: quota({ services: '1' }, { services: '1' }) }],
    [
      'a quota for pods of another kind',
      { quotas: quota({ pods: '2' }, { pods: '2' }, { scopes: ['BestEffort'] }) },
    ],
  ])('%s', (_, over) => {
    expect(reasonsFor(over)).toEqual([]);
  });

  test('what a dead rollout left: the pause, the canary and its pods in the quota', () => {
    const over = {
      stable: held(
        stableShop(),
        { phase: 'promoting' },
        { paused: true, template: template('v3') },
      ),
      canary: canaryShop(2),
      quotas: quota({ pods: '4' }, { pods: '4' }),
    };
    expect(reasonsFor(over)).toEqual([]);
  });

  test('in place, what would only keep a second set of pods from running', () => {
    const over = { claims: claim('ReadWriteOnce'), services: [], quotas: quota({ pods: '2' }, {}) };
    expect(refusals(shopRef, shopObjects(over), { release: v3, way: 'in-place' })).toEqual([]);
  });
});

test('a quota of cores and bytes counts what the release asks for', () => {
  const resources = { requests: { cpu: '500m' }, limits: { memory: '1.5Gi' } };
  const over = {
    stable: podSpec({ containers: [{ name: 'shop', image: 'shop:v2', resources }] }),
    quotas: quota(
      { 'requests.cpu': '1.9', 'limits.memory': '6Gi', 'requests.memory': '5Gi' },
      { 'requests.cpu': '1', 'limits.memory': '3Gi', 'requests.memory': '3Gi' },
    ),
  };
  expect(reasonsFor(over)).toEqual([
    expect.stringContaining('requests.cpu is limited to 1.9, 1 is used'),
    expect.stringContaining('requests.memory is limited to 5Gi, 3Gi is used'),
  ]);
});

test('a release that does not fit the pods is refused with the containers there are', () => {
  expect(reasonsFor({}, { version: 'v3', images: { web: 'web:v3' } })[0]).toMatch(
    /release\.images names web, which is not a container of the pod.*Containers: shop/,
  );
  expect(
    reasonsFor(
      {},
      { version: 'v3', patch: [{ op: 'replace', path: '/spec/nope/x', value: 1 }] },
    )[0],
  ).toMatch(/release\.patch\[0\]/);
});

test('only a kept revision can be brought back', () => {
  expect(reasonsFor({}, { version: 'v1', revision: 2 })).toEqual([]);
  expect(reasonsFor({}, { version: 'v7', revision: 7 })).toEqual([
    'revision 7 is not kept: kept are 2, 1 (revisionHistoryLimit says how many)',
  ]);
});

test('a release whose labels nothing selects is refused, each that does not named', () => {
  const patch = [{ op: 'replace' as const, path: '/metadata/labels/app', value: 'other' }];
  const wanted = { release: { ...v3, patch }, way: 'beside' as const };
  expect(refusals(shopRef, shopObjects(), wanted, ['/metadata/labels'])).toEqual([
    'release.patch changes labels by which pods are selected: Deployment shop, Service shop would not select them; leave those labels as they are',
  ]);
});

test('what passes by itself is worth another look, unless something else does not', () => {
  const justChanged = changed({}, { observedGeneration: 6 });
  const unselected = shopService({ app: 'shop' });
  expect(() => refuse(reasonsFor({ stable: justChanged }))).toThrow(
    expect.objectContaining({ code: 'unavailable' }),
  );
  expect(() =>
    refuse(reasonsFor({ stable: justChanged, services: [], unselective: [unselected] })),
  ).toThrow(expect.objectContaining({ code: 'invalid' }));
});
