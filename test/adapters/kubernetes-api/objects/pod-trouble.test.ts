import type { V1ContainerStatus, V1Pod } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { podTrouble } from '../../../../src/adapters/kubernetes-api/objects/pod-trouble.ts';
import { isReady } from '../../../../src/adapters/kubernetes-api/objects/pod-view.ts';
import { containerStatus, podWith, runningPod } from '../../kubernetes/state/pods.ts';

function withContainer(parts: Partial<V1ContainerStatus>): V1Pod {
  return podWith({ status: { containerStatuses: [containerStatus(parts)] } });
}

function waiting(reason: string, message?: string): V1Pod {
  return withContainer({ state: { waiting: { reason, ...(message && { message }) } } });
}

const restarted = { restartCount: 3, started: true, state: { running: {} } };

const troubles: [string, V1Pod, string][] = [
  [
    'an image that is not on the node',
    waiting(
      'ErrImageNeverPull',
      'Container image "shop:v2" is not present with pull policy of Never',
    ),
    'container shop: ErrImageNeverPull: image shop:v2: Container image "shop:v2" is not present with pull policy of Never',
  ],
  [
    'an image that cannot be pulled',
    waiting('ImagePullBackOff', 'Back-off pulling image "shop:v2"'),
    'container shop: ImagePullBackOff: image shop:v2: Back-off pulling image "shop:v2"',
  ],
  [
    'a registry that has no such image',
    waiting('ErrImagePull', 'not found'),
    'container shop: ErrImagePull: image shop:v2: not found',
  ],
  [
    'a crash loop, with its exit code and last words',
    withContainer({
      restartCount: 4,
      state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 40s' } },
      lastState: { terminated: { exitCode: 1, reason: 'Error', message: 'no database\n' } },
    }),
    'container shop: CrashLoopBackOff: restarted 4 times, last ended with exit code 1: no database',
  ],
  [
    'a container that was killed for memory',
    withContainer({
      restartCount: 1,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } },
    }),
    'container shop: CrashLoopBackOff: restarted once, last ended with exit code 137 (OOMKilled)',
  ],
  [
    'the first crash, before there is a loop',
    withContainer({ state: { terminated: { exitCode: 2, reason: 'Error' } } }),
    'container shop: exit code 2',
  ],
  [
    'a program that is not in the image',
    withContainer({
      state: { terminated: { exitCode: 128, reason: 'StartError', message: 'exec: "nope"' } },
    }),
    'container shop: exit code 128 (StartError): exec: "nope"',
  ],
  [
    'a Secret that does not exist',
    waiting('CreateContainerConfigError', 'secret "shop-db" not found'),
    'container shop: CreateContainerConfigError: secret "shop-db" not found',
  ],
  [
    'a pod without a node, in the words of the scheduler',
    podWith({
      spec: { nodeName: '' },
      status: {
        conditions: [
          {
            type: 'PodScheduled',
            status: 'False',
            reason: 'Unschedulable',
            message: '0/1 nodes are available: 1 Insufficient cpu.',
          },
        ],
      },
    }),
    'Unschedulable: 0/1 nodes are available: 1 Insufficient cpu.',
  ],
  [
    'an init container that crashes, though the others wait for it',
    podWith({
      spec: {
        initContainers: [{ name: 'migrate', image: 'migrate:v2' }],
      },
      status: {
        initContainerStatuses: [
          containerStatus({
            name: 'migrate',
            restartCount: 2,
            state: { waiting: { reason: 'CrashLoopBackOff' } },
            lastState: { terminated: { exitCode: 3, reason: 'Error' } },
          }),
        ],
        containerStatuses: [containerStatus({ state: { waiting: { reason: 'PodInitializing' } } })],
      },
    }),
    'init container migrate: CrashLoopBackOff: restarted 2 times, last ended with exit code 3',
  ],
  [
    'an init container that is not done',
    podWith({
      spec: { initContainers: [{ name: 'migrate' }] },
      status: {
        initContainerStatuses: [containerStatus({ name: 'migrate', state: { running: {} } })],
        containerStatuses: [containerStatus({ state: { waiting: { reason: 'PodInitializing' } } })],
      },
    }),
    'init container migrate: still running',
  ],
  [
    'a volume that its node waits for',
    podWith({
      spec: {
        volumes: [
          { name: 'a', secret: { secretName: 'shop-tls' } },
          { name: 'b', configMap: { name: 'shop', optional: true } },
        ],
      },
      status: {
        containerStatuses: [
          containerStatus({ state: { waiting: { reason: 'ContainerCreating' } } }),
        ],
      },
    }),
    'its containers are not created yet; its volumes need Secret shop-tls',
  ],
  [
    'a readiness probe that fails',
    runningPod(false, {
      spec: {
        containers: [{ name: 'shop', readinessProbe: { httpGet: { path: '/ready', port: 8080 } } }],
      },
    }),
    'container shop: not ready: its readiness probe (GET :8080/ready) fails',
  ],
  [
    'a startup probe that has not answered',
    runningPod(false, {
      spec: { containers: [{ name: 'shop', startupProbe: { tcpSocket: { port: 'http' } } }] },
      status: { containerStatuses: [containerStatus({ state: { running: {} } })] },
    }),
    'container shop: not started: its startup probe (connect to :http) has not succeeded',
  ],
  [
    'a container that runs again, and why it had to',
    runningPod(false, {
      status: {
        containerStatuses: [
          containerStatus({
            ...restarted,
            lastState: { terminated: { exitCode: 137, signal: 9 } },
          }),
        ],
      },
    }),
    'container shop: not ready yet; it was restarted after signal 9',
  ],
  [
    'a sidecar that keeps the pod waiting',
    runningPod(false, {
      status: {
        containerStatuses: [
          containerStatus({ ready: true, started: true, state: { running: {} } }),
          containerStatus({ name: 'proxy', started: true, state: { running: {} } }),
        ],
      },
    }),
    'container proxy: not ready yet',
  ],
  [
    'a readiness gate that nobody opened',
    podWith({
      spec: { readinessGates: [{ conditionType: 'example.com/registered' }] },
      status: {
        containerStatuses: [
          containerStatus({ ready: true, started: true, state: { running: {} } }),
        ],
      },
    }),
    'readiness gate example.com/registered is not met',
  ],
  [
    'a pod that its node evicted',
    podWith({ status: { phase: 'Failed', reason: 'Evicted', message: 'low on memory' } }),
    'Evicted: low on memory',
  ],
  [
    'a pod on its way out',
    runningPod(true, { metadata: { deletionTimestamp: new Date(0) } }),
    'it is being stopped',
  ],
];

test.each(troubles)('names %s', (_, pod, trouble) => {
  expect(podTrouble(pod)).toBe(trouble);
  expect(isReady(pod)).toBe(false);
});

test('a ready pod has no trouble, whatever happened before', () => {
  const pod = runningPod(true, {
    status: {
      conditions: [{ type: 'Ready', status: 'True' }],
      containerStatuses: [containerStatus({ ...restarted, ready: true })],
    },
  });
  expect(podTrouble(pod)).toBeUndefined();
  expect(isReady(pod)).toBe(true);
});

test('a pod that is just being started says so', () => {
  expect(podTrouble(podWith({}))).toBe('its containers are not created yet');
});

test('a finished init container is no trouble', () => {
  const pod = runningPod(false, {
    status: {
      initContainerStatuses: [
        containerStatus({ name: 'migrate', state: { terminated: { exitCode: 0 } } }),
      ],
      containerStatuses: [containerStatus({ state: { running: {} } })],
    },
  });
  expect(podTrouble(pod)).toBe('container shop: not ready yet');
});

test('long last words are cut at their beginning: the end tells most', () => {
  const message = `${'x'.repeat(5_000)} panic: no such table`;
  const pod = withContainer({ state: { terminated: { exitCode: 1, message } } });
  const trouble = podTrouble(pod) ?? '';
  expect(trouble.length).toBeLessThan(500);
  expect(trouble).toMatch(/^container shop: exit code 1: … x+ panic: no such table$/);
});
