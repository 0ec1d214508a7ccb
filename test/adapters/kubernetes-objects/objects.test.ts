import { describe, expect, test } from 'vitest';
import type {
  ApiResource,
  KubernetesObject,
} from '../../../src/adapters/kubernetes-api/dynamic/api-resource.ts';
import { cleanObject } from '../../../src/adapters/kubernetes-objects/objects/clean-object.ts';
import { leaveOut } from '../../../src/adapters/kubernetes-objects/objects/judge-object.ts';
import { isKept } from '../../../src/adapters/kubernetes-objects/objects/judge-resource.ts';

const verbs = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];
const resource = (plural: string, group = '', changes: Partial<ApiResource> = {}): ApiResource => ({
  ...{ group, version: 'v1', plural, kind: plural, isNamespaced: true, verbs },
  ...changes,
});

describe('which kinds are read', () => {
  test.each([
    ['configmaps', resource('configmaps'), true],
    ['a custom kind', resource('widgets', 'example.com'), true],
    ['events', resource('events'), false],
    ['events of their own group', resource('events', 'events.k8s.io'), false],
    ['leases', resource('leases', 'coordination.k8s.io'), false],
    ['measurements of pods', resource('pods', 'metrics.k8s.io'), false],
    ['custom metrics', resource('services', 'custom.metrics.k8s.io'), false],
    ['what can only be created', resource('bindings', '', { verbs: ['create'] }), false],
    ['what is of the whole cluster', resource('nodes', '', { isNamespaced: false }), false],
  ])('%s', (_, read, expected) => {
    expect(isKept(read)).toBe(expected);
  });
});

describe('which objects are kept', () => {
  const surroundings = { servicesWithoutSelector: new Set(['external']), secrets: true };
  const object = (changes: object = {}, metadata: object = {}) =>
    ({
      apiVersion: 'v1',
      kind: 'Any',
      metadata: { name: 'one', ...metadata },
      ...changes,
    }) as KubernetesObject;
  const owned = { ownerReferences: [{ kind: 'ReplicaSet', name: 'web', controller: true }] };
  const managed = {
    labels: { 'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io' },
  };
  const finished = { status: { conditions: [{ type: 'Complete', status: 'True' }] } };

  test.each([
    ['a ConfigMap', resource('configmaps'), object(), undefined],
    ['a pod of a ReplicaSet', resource('pods'), object({}, owned), 'made by ReplicaSets'],
    ['a pod of nobody', resource('pods'), object({ status: { phase: 'Running' } }), undefined],
    [
      'a pod of nobody that has ended',
      resource('pods'),
      object({ status: { phase: 'Succeeded' } }),
      'it has ended',
    ],
    [
      'a finished Job',
      resource('jobs', 'batch'),
      object(finished),
      'it is finished, and would run again',
    ],
    ['a Job that runs', resource('jobs', 'batch'), object({ status: { active: 1 } }), undefined],
    [
      'an object that somebody refers to as owner, but does not control',
      resource('configmaps'),
      object({}, { ownerReferences: [{ kind: 'Web', name: 'web' }] }),
      undefined,
    ],
    [
      'endpoints of a Service that selects pods',
      resource('endpoints'),
      object(),
      'made by Services',
    ],
    [
      'endpoints that somebody wrote',
      resource('endpoints'),
      object({}, { name: 'external' }),
      undefined,
    ],
    [
      'a slice of a Service',
      resource('endpointslices', 'discovery.k8s.io'),
      object({}, managed),
      'made by Services',
    ],
    [
      'a slice that somebody wrote',
      resource('endpointslices', 'discovery.k8s.io'),
      object(),
      undefined,
    ],
    [
      'the certificate of the cluster',
      resource('configmaps'),
      object({}, { name: 'kube-root-ca.crt' }),
      'made by the cluster',
    ],
    [
      'a token',
      resource('secrets'),
      object({ type: 'kubernetes.io/service-account-token' }),
      'made by the cluster',
    ],
    ['a Secret', resource('secrets'), object({ type: 'Opaque' }), undefined],
    [
      'what is being deleted',
      resource('configmaps'),
      object({}, { deletionTimestamp: '2026-11-29T08:00:00Z' }),
      'it is being deleted',
    ],
  ])('%s', (_, of, one, expected) => {
    expect(leaveOut(of, one, surroundings)).toBe(expected);
  });

  test('no Secret where the plan keeps none', () => {
    const without = { ...surroundings, secrets: false };
    expect(leaveOut(resource('secrets'), object({ type: 'Opaque' }), without)).toBe(
      'the plan keeps no Secrets',
    );
  });
});

describe('what a cluster made of an object is removed', () => {
  const metadata = {
    ...{ name: 'web', namespace: 'shop', uid: 'u', resourceVersion: '7', generation: 2 },
    ...{ creationTimestamp: '2026-11-29T08:00:00Z', managedFields: [{}], finalizers: ['f'] },
    labels: { app: 'web' },
    ownerReferences: [{ kind: 'Web', name: 'web' }],
    annotations: {
      'kubectl.kubernetes.io/last-applied-configuration': '{}',
      'deployment.kubernetes.io/revision': '3',
      'example.com/team': 'shop',
    },
  };
  const clean = {
    ...{ name: 'web', namespace: 'shop', labels: { app: 'web' } },
    annotations: { 'example.com/team': 'shop' },
  };
  const cleaned = (kind: string, body: object) =>
    cleanObject({ apiVersion: 'v1', kind, metadata, status: { phase: 'Any' }, ...body });

  test('of every kind: what its metadata and its status say of this cluster', () => {
    expect(cleaned('ConfigMap', { data: { a: 'b' } })).toEqual({
      ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: clean, data: { a: 'b' } },
    });
  });

  test.each([
    [
      'a Service loses its addresses and node ports',
      'Service',
      {
        type: 'NodePort',
        clusterIP: '10.0.0.1',
        clusterIPs: ['10.0.0.1'],
        ipFamilies: ['IPv4'],
        ports: [{ port: 80, nodePort: 30000 }],
      },
      { type: 'NodePort', ports: [{ port: 80 }] },
    ],
    [
      'a headless Service stays one',
      'Service',
      { clusterIP: 'None', clusterIPs: ['None'] },
      { clusterIP: 'None' },
    ],
    [
      'a claim is bound anew',
      'PersistentVolumeClaim',
      { volumeName: 'pv-1', storageClassName: 'fast' },
      { storageClassName: 'fast' },
    ],
    [
      'a Job finds its pods by labels of its own time',
      'Job',
      {
        selector: { matchLabels: { 'controller-uid': 'u' } },
        template: {
          metadata: { labels: { app: 'web', 'controller-uid': 'u', 'job-name': 'web' } },
          spec: {},
        },
      },
      { template: { metadata: { labels: { app: 'web' } }, spec: {} } },
    ],
    [
      'a pod loses its node and the mount of its token',
      'Pod',
      {
        nodeName: 'node-1',
        volumes: [{ name: 'kube-api-access-x1' }, { name: 'data' }],
        containers: [
          { name: 'web', volumeMounts: [{ name: 'kube-api-access-x1' }, { name: 'data' }] },
        ],
      },
      {
        volumes: [{ name: 'data' }],
        containers: [{ name: 'web', volumeMounts: [{ name: 'data' }] }],
      },
    ],
  ])('%s', (_, kind, spec, expected) => {
    expect(cleaned(kind, { spec })['spec']).toEqual(expected);
  });
});
