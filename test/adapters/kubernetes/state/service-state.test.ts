import type { V1Service } from '@kubernetes/client-node';
import { describe, expect, test } from 'vitest';
import { servingCanary } from '../../../../src/adapters/kubernetes/objects/names.ts';
import type { RolloutRecord } from '../../../../src/adapters/kubernetes/objects/record.ts';
import { applyRelease } from '../../../../src/adapters/kubernetes/objects/template.ts';
import { sameRelease } from '../../../../src/adapters/kubernetes/state/same-release.ts';
import { serviceState } from '../../../../src/adapters/kubernetes/state/service-state.ts';
import type { ServiceObjects } from '../../../../src/adapters/kubernetes/state/service-objects.ts';
import {
  canaryShop,
  held,
  podsOf,
  replicaSet,
  shopObjects,
  shopService,
  slice,
  stableShop,
  target,
  template,
  workflowId,
} from './shop-objects.ts';

test('a service at rest: its pods, where they answer, and what can be brought back', () => {
  expect(serviceState(shopObjects())).toEqual({
    service: 'shop',
    environment: 'test',
    url: 'http://shop.demo.svc',
    revision: 3,
    stable: {
      release: { version: 'v2', image: 'shop:v2' },
      wanted: 2,
      replicas: ['shop-c-0', 'shop-c-1'].map((name) => ({
        name,
        serving: true,
        url: 'http://10.88.0.7:8080',
        ready: true,
        restarts: 0,
      })),
    },
    canaryWeight: 0,
    kept: [
      { revision: 2, release: { version: 'v1', revision: 2 }, wanted: 2, replacedAtMs: 3_000_000 },
      { revision: 1, release: { version: 'v0', revision: 1 }, wanted: 2, replacedAtMs: 2_000_000 },
    ],
    routing: 'replica ratio',
    update: { kind: 'none', complete: true, updated: 2, wanted: 2 },
    drift: [],
    remarks: [],
  });
});

test('a service whose last endpoint has gone can still be read', () => {
  const empty = { ...slice('shop', []), endpoints: null as unknown as [] };
  const { stable } = serviceState(shopObjects({ endpointSlices: [empty] }));
  expect(stable?.replicas.map(({ serving }) => serving)).toEqual([false, false]);
});

test('the rollout that owns it is named, with its canary and its weight', () => {
  const stable = held(stableShop(), { weight: 20 });
  const canary = canaryShop(1);
  const state = serviceState(
    shopObjects({
      stable,
      canary,
      services: [withSelector({ app: 'shop' })],
      endpointSlices: [slice('shop', [...stable.pods, ...canary.pods])],
    }),
  );
  expect(state.owner).toEqual({ rolloutId: 'r1', step: 5, workflowId });
  expect(state.canaryWeight).toBe(20);
  expect(state.canary).toMatchObject({
    release: { version: 'v3' },
    wanted: 1,
    replicas: [{ name: 'shop-canary-d-0', ready: true, serving: true }],
  });
  expect(state.drift).toEqual([]);
});

test('a canary that wants no pods and has none is not there yet', () => {
  const objects = shopObjects({ stable: held(stableShop()), canary: canaryShop(0) });
  expect(serviceState(objects).canary).toBeUndefined();
});

test("a canary's pods of an older template are not its replicas", () => {
  const canary = canaryShop(1);
  const old = replicaSet('shop-canary-old', 0, template('v2'), 1);
  canary.replicaSets.push(old);
  canary.pods.push(...podsOf(old, 1));
  const { replicas } = serviceState(shopObjects({ stable: held(stableShop()), canary })).canary!;
  expect(replicas.map(({ name }) => name)).toEqual(['shop-canary-d-0']);
});

test('a routed canary serves once the route sends it traffic', () => {
  const canary = canaryShop(1);
  const route = { name: 'HTTPRoute shop', refusals: [], drift: [], leadsToCanary: true };
  const at = (weight: number) =>
    serviceState(
      shopObjects({
        target: { ...target, router: { gatewayApi: { route: 'shop', settleMs: 3_000 } } },
        stable: held(stableShop(), { weight }),
        canary,
        route,
        endpointSlices: [slice('shop-canary', canary.pods)],
      }),
    );
  expect(at(0).canary?.replicas[0]?.serving).toBe(false);
  expect(at(5).canary?.replicas[0]?.serving).toBe(true);
  expect(at(5).routing).toBe('HTTPRoute shop');
});

test('an endpoint that is not ready serves nothing', () => {
  const stable = stableShop();
  const state = serviceState(
    shopObjects({ stable, endpointSlices: [slice('shop', stable.pods, false)] }),
  );
  expect(state.stable?.replicas.map(({ serving }) => serving)).toEqual([false, false]);
});

test('names the pod that keeps an update from being complete', () => {
  const stable = held(stableShop(), { phase: 'promoting' }, { paused: false });
  const [current] = stable.replicaSets;
  const broken = { ...stable, pods: podsOf(current!, 1, false) };
  broken.deployment.status = { ...broken.deployment.status, availableReplicas: 1 };
  expect(serviceState(shopObjects({ stable: broken })).update).toEqual({
    kind: 'promoting',
    complete: false,
    updated: 2,
    wanted: 2,
    trouble:
      'pod shop-c-0: container shop: not ready: its readiness probe (GET :8080/health) fails',
  });
});

test('what lets no pod be created is said of the track, since no pod can', () => {
  const canary = canaryShop(1);
  canary.pods = [];
  canary.replicaSets[0]!.status!.conditions = [
    { type: 'ReplicaFailure', status: 'True', message: 'exceeded quota: compute' },
  ];
  const state = serviceState(shopObjects({ stable: held(stableShop()), canary }));
  expect(state.canary).toMatchObject({
    replicas: [],
    trouble: 'ReplicaSet shop-canary-d cannot create pods: quota exceeded: exceeded quota: compute',
  });
});

describe('update', () => {
  test.each([
    ['its controller has not seen the newest template', { observedGeneration: 6 }],
    ['not all are updated', { updatedReplicas: 1 }],
    ['old ones are left', { replicas: 3 }],
    ['not all are available', { availableReplicas: 1 }],
  ])('is not complete while %s', (_, status) => {
    const stable = stableShop();
    stable.deployment.status = { ...stable.deployment.status, ...status };
    expect(serviceState(shopObjects({ stable })).update?.complete).toBe(false);
  });
});

describe('the name of a release', () => {
  const named = (images: string[]) => {
    const stable = stableShop();
    const containers = images.map((image, index) => ({ name: `c${index}`, image }));
    stable.deployment.spec!.template = { spec: { containers } };
    return serviceState(shopObjects({ stable })).stable?.release.version;
  };
  test.each([
    [['registry.example:5000/shop:v2'], 'v2'],
    [['registry.example:5000/shop'], 'latest'],
    [['shop@sha256:0123456789abcdef'], '0123456789ab'],
    [['shop:v2', 'proxy:v2'], 'v2'],
    [['shop:v2', 'proxy:1.4'], 'c0=v2,c1=1.4'],
  ])('of %s is %s', (images, version) => {
    expect(named(images)).toBe(version);
  });

  test('is the one it was rolled out under, until someone changes an image', () => {
    const stable = stableShop();
    const release = { version: 'autumn', image: 'shop:v3' };
    const marked = applyRelease(template('v2'), release);
    stable.deployment.spec!.template = marked;
    expect(serviceState(shopObjects({ stable })).stable?.release.version).toBe('autumn');
    marked.spec!.containers[0]!.image = 'shop:v4';
    expect(serviceState(shopObjects({ stable })).stable?.release.version).toBe('v4');
  });
});

test('a release serves already if it would leave the template as it is, whatever its name', () => {
  expect(sameRelease(template('v2'), { version: 'autumn', image: 'shop:v2' })).toBe(true);
  expect(sameRelease(template('v2'), { version: 'v2', image: 'shop:v3' })).toBe(false);
  expect(sameRelease(template('v2'), { version: 'v2', env: { COLOUR: 'red' } })).toBe(false);
  expect(sameRelease(template('v2'), { version: 'v2', images: { nope: 'shop:v2' } })).toBe(false);
  const asked = (revision: number) =>
    serviceState(shopObjects(), { version: 'x', revision }).isServing;
  expect([asked(3), asked(2)]).toEqual([true, false]);
});

test('a template that is kept apart can be brought back once it is no longer stable', () => {
  const stable = stableShop();
  stable.deployment.spec!.revisionHistoryLimit = 0;
  stable.replicaSets.splice(1);
  const kept = (version: string): Partial<ServiceObjects> => ({
    stable,
    keptTemplate: {
      revision: 2,
      metadata: { name: 'shop-belay', creationTimestamp: new Date(5_000) },
      data: template(version),
    },
  });
  expect(serviceState(shopObjects(kept('v1'))).kept).toEqual([
    { revision: 2, release: { version: 'v1', revision: 2 }, wanted: 2, replacedAtMs: 5_000 },
  ]);
  expect(serviceState(shopObjects(kept('v2'))).kept).toEqual([]);
});

describe('drift', () => {
  const driftAt = (
    record: Partial<RolloutRecord>,
    service: V1Service,
    spec: object = { paused: true },
  ) =>
    serviceState(shopObjects({ stable: held(stableShop(), record, spec), services: [service] }))
      .drift;
  const pinned = { app: 'shop', 'pod-template-hash': 'c' };

  test('none while everything is as the rollout left it', () => {
    expect(driftAt({}, withSelector(pinned))).toEqual([]);
    expect(driftAt({ weight: 50 }, withSelector({ app: 'shop' }))).toEqual([]);
    const toCanary = { app: 'shop', ...servingCanary({ workflowId }) };
    expect(driftAt({ weight: 100 }, withSelector(toCanary))).toEqual([]);
    expect(driftAt({ phase: 'promoting' }, withSelector(toCanary), {})).toEqual([]);
    const bare = { app: 'shop', 'pod-template-hash': 'd' };
    const adopting = { phase: 'adopting', canaryHash: 'd', weight: 100 } as const;
    expect(driftAt(adopting, withSelector(bare))).toEqual([]);
    expect(driftAt({ ...adopting, phase: 'abandoning' }, withSelector(bare))).toEqual([]);
    expect(driftAt({ phase: 'replacing' }, shopService(), {})).toEqual([]);
  });

  test('a Service that someone unpinned', () => {
    expect(driftAt({}, withSelector({ app: 'shop' }, 'argocd'))).toEqual([
      'spec.selector: Service shop selects stable and canary, not stable alone; written by argocd',
    ]);
  });

  test('a Service that someone pointed elsewhere', () => {
    expect(driftAt({ weight: 50 }, withSelector({ app: 'other' }))).toEqual([
      'spec.selector: Service shop has another selector, not stable and canary',
    ]);
  });

  test('an act that is just moving the Service is no drift', () => {
    expect(driftAt({ weight: 0 }, withSelector({ app: 'shop' }))).toEqual([]);
  });

  test('a Deployment that someone resumed just before it adopts the canary', () => {
    const bare = { app: 'shop', 'pod-template-hash': 'd' };
    const adopting = { phase: 'adopting', canaryHash: 'd', weight: 100 } as const;
    expect(driftAt(adopting, withSelector(bare), { paused: false })).toEqual([
      'spec.paused: Deployment shop was resumed',
    ]);
  });

  test('a Deployment that someone resumed', () => {
    expect(driftAt({}, withSelector(pinned), { paused: false })).toEqual([
      'spec.paused: Deployment shop was resumed',
    ]);
  });

  test('a template that someone edited', () => {
    const stable = held(stableShop(), {}, { paused: true, template: template('v9') });
    const image = { 'k:{"name":"shop"}': { 'f:image': {} } };
    const labels = { 'f:metadata': { 'f:labels': { 'f:app': {} } } };
    stable.deployment.metadata!.managedFields = [
      owner('kubectl-edit', { 'f:template': { 'f:spec': { 'f:containers': image } } }),
      owner('argocd', { 'f:template': labels }),
    ];
    expect(serviceState(shopObjects({ stable, services: [withSelector(pinned)] })).drift).toEqual([
      'spec.template: Deployment shop was edited while a rollout owns it; written by kubectl-edit',
    ]);
  });

  test('a route that someone rewrote', () => {
    const route = {
      name: 'HTTPRoute shop',
      refusals: [],
      drift: ['HTTPRoute shop is gone'],
      leadsToCanary: false,
    };
    const objects = shopObjects({
      stable: held(stableShop()),
      services: [withSelector(pinned)],
      route,
    });
    expect(serviceState(objects).drift).toEqual(['HTTPRoute shop is gone']);
  });
});

function owner(manager: string, spec: object) {
  return { manager, operation: 'Update', fieldsV1: { 'f:spec': spec } };
}

/** As a rollout left it: the owner's selector remembered, the selector as given. */
function withSelector(selector: Record<string, string>, writer?: string): V1Service {
  const service = shopService(selector);
  service.metadata = {
    ...service.metadata,
    annotations: { 'belay.dev/before': JSON.stringify({ app: 'shop' }) },
    managedFields: [
      owner(writer ?? 'belay', { 'f:selector': {} }),
      owner('someone', { 'f:ports': {} }),
    ],
  };
  return service;
}
