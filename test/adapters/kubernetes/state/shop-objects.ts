import type {
  V1Deployment,
  V1EndpointSlice,
  V1Pod,
  V1PodTemplateSpec,
  V1ReplicaSet,
  V1Service,
} from '@kubernetes/client-node';
import { templateDigest } from '../../../../src/adapters/kubernetes/state/template-revision.ts';
import type {
  CanaryBeside,
  ServiceObjects,
  Workload,
} from '../../../../src/adapters/kubernetes/state/service-objects.ts';
import type { RolloutRecord } from '../../../../src/adapters/kubernetes/objects/record.ts';
import type { KubernetesTarget } from '../../../../src/specs/rollouts/kubernetes-target.ts';
import { runningPod } from './pods.ts';

export const target: KubernetesTarget = {
  platform: 'kubernetes',
  namespace: 'demo',
  metrics: { path: '/metrics' },
};
export const shopRef = { service: 'shop', environment: 'test', target };
export const workflowId = 'rollout/test/shop';

export function template(version: string, labels: Record<string, string> = {}): V1PodTemplateSpec {
  return {
    metadata: { labels: { app: 'shop', ...labels } },
    spec: {
      containers: [
        {
          name: 'shop',
          image: `shop:${version}`,
          ports: [{ containerPort: 8080 }],
          readinessProbe: { httpGet: { path: '/health', port: 8080 } },
        },
      ],
    },
  };
}

export function replicaSet(
  name: string,
  revision: number,
  of: V1PodTemplateSpec,
  replicas = 0,
): V1ReplicaSet {
  const hash = name.split('-').at(-1) ?? '';
  const labels = { ...of.metadata?.labels, 'pod-template-hash': hash };
  return {
    metadata: {
      name,
      uid: `uid-of-${name}`,
      labels,
      annotations: { 'deployment.kubernetes.io/revision': String(revision) },
      creationTimestamp: new Date(revision * 1_000_000),
    },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { ...of, metadata: { ...of.metadata, labels } },
    },
    status: { replicas },
  };
}

export function podsOf(owner: V1ReplicaSet, count: number, ready = true): V1Pod[] {
  const name = owner.metadata?.name ?? '';
  return Array.from({ length: count }, (_, index) =>
    runningPod(ready, {
      metadata: {
        name: `${name}-${index}`,
        uid: `uid-of-${name}-${index}`,
        labels: owner.spec?.template?.metadata?.labels ?? {},
        ownerReferences: [
          {
            apiVersion: 'apps/v1',
            kind: 'ReplicaSet',
            name,
            uid: owner.metadata?.uid ?? '',
            controller: true,
          },
        ],
      },
      spec: owner.spec?.template?.spec ?? {},
    }),
  );
}

/** shop: revision 3 of v2 with `replicas` ready pods, revisions 2 and 1 kept. */
export function stableShop(replicas = 2): Workload {
  const current = replicaSet('shop-c', 3, template('v2'), replicas);
  const deployment: V1Deployment = {
    metadata: {
      name: 'shop',
      namespace: 'demo',
      uid: 'uid-of-shop',
      generation: 7,
      annotations: { 'deployment.kubernetes.io/revision': '3' },
    },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'shop' } },
      strategy: {
        type: 'RollingUpdate',
        rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' },
      },
      template: template('v2'),
    },
    status: {
      observedGeneration: 7,
      replicas,
      updatedReplicas: replicas,
      readyReplicas: replicas,
      availableReplicas: replicas,
    },
  };
  const replicaSets = [
    current,
    replicaSet('shop-b', 2, template('v1')),
    replicaSet('shop-a', 1, template('v0')),
  ];
  return { deployment, replicaSets, pods: podsOf(current, replicas) };
}

export function shopService(
  selector: Record<string, string> = { app: 'shop' },
  name = 'shop',
): V1Service {
  return { metadata: { name }, spec: { ports: [{ port: 80, targetPort: 8080 }], selector } };
}

export function slice(service: string, pods: V1Pod[], ready = true): V1EndpointSlice {
  return {
    metadata: { name: `${service}-x`, labels: { 'kubernetes.io/service-name': service } },
    addressType: 'IPv4',
    endpoints: pods.map(({ metadata, status }) => ({
      addresses: [status?.podIP ?? ''],
      conditions: { ready },
      targetRef: { kind: 'Pod', name: metadata?.name ?? '' },
    })),
  };
}

/** A service at rest that anything may be rolled out to. */
export function shopObjects(over: Partial<ServiceObjects> = {}): ServiceObjects {
  const stable = over.stable ?? stableShop();
  return {
    ...shopRef,
    stable,
    services: [shopService()],
    unselective: [],
    endpointSlices: [slice('shop', stable.pods)],
    otherPods: [],
    budgets: [],
    quotas: [],
    claims: [],
    ...over,
  };
}

/** The same workload, held by a rollout whose record is `record`. */
export function held(
  workload: Workload,
  record: Partial<RolloutRecord> = {},
  spec: Partial<V1Deployment['spec']> = { paused: true },
): Workload {
  const whole: RolloutRecord = {
    format: 1,
    installation: 'here',
    workflowId,
    environment: 'test',
    service: 'shop',
    target,
    phase: 'claimed',
    paused: false,
    stableHash: 'c',
    weight: 0,
    ...record,
  };
  const { metadata } = workload.deployment;
  return {
    ...workload,
    deployment: {
      ...workload.deployment,
      metadata: {
        ...metadata,
        labels: { ...metadata?.labels, 'belay.dev/held': 'true' },
        annotations: {
          ...metadata?.annotations,
          'belay.dev/rollout': JSON.stringify(whole),
          'belay.dev/fence': 'r1 5',
        },
      },
      spec: { ...workload.deployment.spec!, ...spec },
    },
  };
}

/** A canary of v3 with `replicas` pods, as a Deployment: of an earlier version of Belay. */
export function canaryShop(replicas = 1, ready = true): CanaryBeside {
  const labels = { 'belay.dev/track': 'canary' };
  const current = replicaSet('shop-canary-d', 1, template('v3', labels), replicas);
  return {
    workload: {
      metadata: { name: 'shop-canary', generation: 1 },
      spec: { replicas, selector: {}, template: template('v3', labels) },
      status: { observedGeneration: 1 },
    },
    replicaSets: [current],
    pods: podsOf(current, replicas, ready),
  };
}

/** The same as a ReplicaSet, which the Deployment can adopt unless the notes say otherwise. */
export function bareCanary(replicas = 1, notes: Record<string, string> = {}): CanaryBeside {
  const set = replicaSet('shop-d', 0, template('v3'), replicas);
  const stored = templateDigest(template('v3'));
  set.metadata!.annotations = {
    'belay.dev/template': 'v3',
    'belay.dev/stored-template': stored,
    'belay.dev/deployment-template': stored,
    'belay.dev/given-template': JSON.stringify(template('v3')),
    ...notes,
  };
  return { workload: set, replicaSets: [set], pods: podsOf(set, replicas) };
}
