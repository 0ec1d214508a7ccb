import type {
  V1Pod,
  V1PodSpec,
  V1ServiceSpec,
  V2HorizontalPodAutoscaler,
} from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import {
  isAllowedBy,
  livingPods,
  stableOf,
  type ReadService,
} from '../../../../src/adapters/chaos/fronts/read-service.ts';
import { refuseService } from '../../../../src/adapters/chaos/fronts/refuse-service.ts';

const pod = (name: string, spec: Partial<V1PodSpec> = {}, labels: object = {}): V1Pod => ({
  metadata: {
    name,
    labels: { app: 'web', 'pod-template-hash': '5d9c', 'belay.dev/chaos': 'allowed', ...labels },
    ownerReferences: [
      { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-5d9c', uid: '1', controller: true },
    ],
  },
  spec: {
    containers: [{ name: 'web', image: 'web:v1', ports: [{ name: 'http', containerPort: 8080 }] }],
    ...spec,
  },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
});

const service = (name: string, spec: Partial<V1ServiceSpec> = {}) => ({
  metadata: { name },
  spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }], ...spec },
});

const web = service('web');
const read = (more: Partial<ReadService> = {}): ReadService => ({
  ...{ service: web, pods: [pod('web-1'), pod('web-2')] },
  ...{ fronts: [], services: [web], budgets: [], autoscalers: [], ...more },
});

const front = (name: string, labels: Record<string, string> = { app: 'web' }): V1Pod => ({
  metadata: { name: `belay-tracks-${name}`, labels: { ...labels, 'belay.dev/track': 'front' } },
});

const autoscaler = (name: string, type: string): V2HorizontalPodAutoscaler => ({
  metadata: { name },
  spec: {
    ...{ maxReplicas: 9, scaleTargetRef: { kind: 'Deployment', name: 'web' } },
    metrics: [{ type }],
  },
});

describe('a Service whose requests are to be divided', () => {
  it('may be any that leads to the pods of one Deployment by one port', () => {
    expect(refuseService(read())).toEqual([]);
    // One more Service of the same port takes requests to the same place.
    expect(refuseService(read({ services: [web, service('web-internal')] }))).toEqual([]);
    expect(refuseService(read({ autoscalers: [autoscaler('web', 'Resource')] }))).toEqual([]);
    // Its own, of an earlier run, is another matter; and what is of other labels is in nobody's way.
    const fronts = [front('web'), front('orders', { app: 'orders' })];
    expect(refuseService(read({ fronts }))).toEqual([]);
  });

  it.each<[string, Partial<ReadService>, RegExp]>([
    ['selects no pods', { service: service('web', { selector: {} }) }, /selects no pods/],
    ['is headless', { service: service('web', { clusterIP: 'None' }) }, /headless/],
    [
      'keeps clients to a pod',
      { service: service('web', { sessionAffinity: 'ClientIP' }) },
      /keeps a client to one pod/,
    ],
    [
      'has several ports',
      { service: service('web', { ports: [{ port: 80 }, { port: 81 }] }) },
      /has 2 ports/,
    ],
    [
      'is of UDP',
      { service: service('web', { ports: [{ port: 80, protocol: 'UDP' }] }) },
      /its port is of UDP/,
    ],
    [
      'is of gRPC',
      { service: service('web', { ports: [{ port: 80, appProtocol: 'kubernetes.io/h2c' }] }) },
      /of kubernetes.io\/h2c, and only HTTP/,
    ],
    [
      'is of gRPC, by the name of its port',
      { service: service('web', { ports: [{ port: 9000, name: 'grpc' }] }) },
      /nothing says that its port grpc speaks HTTP/,
    ],
    [
      'has a port of which nobody knows what it speaks',
      { service: service('web', { ports: [{ port: 6379 }] }) },
      /nothing says that its port 6379 speaks HTTP.* set appProtocol: http/,
    ],
    [
      'sends requests to pods that are not ready',
      { service: service('web', { publishNotReadyAddresses: true }) },
      /publishNotReadyAddresses/,
    ],
    [
      'keeps requests on the nodes that they come from',
      { service: service('web', { internalTrafficPolicy: 'Local' }) },
      /prefers pods that are near \(internalTrafficPolicy: Local\)/,
    ],
    [
      'keeps requests from outside on the nodes that they come to',
      { service: service('web', { type: 'LoadBalancer', externalTrafficPolicy: 'Local' }) },
      /externalTrafficPolicy: Local/,
    ],
    [
      'prefers pods of the same zone',
      { service: service('web', { trafficDistribution: 'PreferClose' }) },
      /trafficDistribution: PreferClose/,
    ],
    [
      'has hints for zones',
      {
        service: {
          ...web,
          metadata: { name: 'web', annotations: { 'service.kubernetes.io/topology-mode': 'Auto' } },
        },
      },
      /service.kubernetes.io\/topology-mode: Auto/,
    ],
    [
      'shares its labels with a Service without an address',
      { services: [web, service('web-peers', { clusterIP: 'None' })] },
      /Service web-peers selects the same pods, and the Service is headless/,
    ],
    [
      'shares its labels with a Service that keeps clients to a pod',
      { services: [web, service('web-sticky', { sessionAffinity: 'ClientIP' })] },
      /Service web-sticky selects the same pods, and .*ClientIP/,
    ],
    [
      'has the pod of another experiment among its pods',
      { fronts: [front('web-internal')] },
      /pod belay-tracks-web-internal, which divides the requests of another Service, is among/,
    ],
    [
      'shares its pods with a Service whose requests are divided',
      {
        services: [
          web,
          service('web-all', { selector: { 'app.kubernetes.io/managed-by': 'belay' } }),
        ],
        fronts: [front('web-all', { 'app.kubernetes.io/managed-by': 'belay' })],
      },
      /pod belay-tracks-web-all/,
    ],
    [
      'is scaled by a metric of one container',
      { autoscalers: [autoscaler('web', 'ContainerResource')] },
      /HorizontalPodAutoscaler web has a metric of type ContainerResource/,
    ],
    [
      'has pods of a mesh without proxies of their own',
      {
        pods: [
          {
            ...pod('web-1'),
            metadata: {
              ...pod('web-1').metadata,
              annotations: { 'ambient.istio.io/redirection': 'enabled' },
            },
          },
        ],
      },
      /are part of a service mesh/,
    ],
    [
      'has pods of a service mesh',
      { pods: [pod('web-1', { initContainers: [{ name: 'istio-proxy' }] })] },
      /are part of a service mesh/,
    ],
    [
      'has pods that would be adopted',
      { pods: [{ ...pod('web-1'), metadata: { name: 'web-1', labels: { app: 'web' } } }] },
      /not of a Deployment \(web-1\)/,
    ],
    [
      'is in the middle of an update',
      { pods: [pod('web-1'), pod('web-2', { containers: [{ name: 'web', image: 'web:v2' }] })] },
      /different releases: web:v1; web:v2/,
    ],
    [
      'has pods without its port',
      { pods: [pod('web-1', { containers: [{ name: 'web', image: 'web:v1' }] })] },
      /do not all have the port http/,
    ],
    [
      'shares its labels with a Service of another port',
      { services: [web, service('web-metrics', { ports: [{ port: 9090 }] })] },
      /Service web-metrics would send requests to the pod of Belay/,
    ],
    [
      'has a disruption budget',
      {
        budgets: [
          { metadata: { name: 'web' }, spec: { selector: { matchLabels: { app: 'web' } } } },
        ],
      },
      /PodDisruptionBudget web would count the pod of Belay/,
    ],
    [
      'is held by a rollout',
      { service: { ...web, metadata: { name: 'web', annotations: { 'belay.dev/before': '{}' } } } },
      /a rollout has pointed the Service/,
    ],
  ])('is refused where it %s', (_, more, why) => {
    expect(refuseService(read(more)).join('\n')).toMatch(why);
  });

  it('is told every reason at once', () => {
    const bad = service('web', { clusterIP: 'None', sessionAffinity: 'ClientIP', ports: [] });
    expect(refuseService(read({ service: bad }))).toHaveLength(3);
  });

  it('is of the pods that live, without the front of an experiment', () => {
    const divider = pod('belay-tracks-web', {}, { 'belay.dev/track': 'front' });
    const ended = { ...pod('web-0'), status: { phase: 'Failed' } };
    const living = livingPods([pod('web-1'), divider, ended]);
    expect(living.map(({ metadata }) => metadata?.name)).toEqual(['web-1']);
    expect(stableOf(living)).toEqual({ version: 'web:v1', wanted: 1, ready: 1 });
  });

  it('allows it where each of its pods does', () => {
    expect(isAllowedBy([pod('web-1'), pod('web-2')])).toBe(true);
    expect(isAllowedBy([pod('web-1'), pod('web-2', {}, { 'belay.dev/chaos': 'no' })])).toBe(false);
    expect(isAllowedBy([])).toBe(false);
  });
});
