import type { V1Container } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { portOf } from '../../../../src/adapters/kubernetes/state/pod-address.ts';
import { servedPorts } from '../../../../src/adapters/kubernetes/state/served-ports.ts';
import { serviceState } from '../../../../src/adapters/kubernetes/state/service-state.ts';
import { workloadOf } from '../../../../src/adapters/kubernetes/state/collect-workloads.ts';
import { runningPod } from './pods.ts';
import { shopObjects, shopService, stableShop, target } from './shop-objects.ts';

const proxy: V1Container = {
  name: 'istio-proxy',
  image: 'proxyv2',
  ports: [{ name: 'http-envoy-prom', containerPort: 15_090 }],
};

/** The shop, whose pods an admission webhook gave a proxy, as their first container. */
function meshedShop() {
  const shop = stableShop();
  const owned = { kind: 'Deployment', apiVersion: 'apps/v1', name: 'shop', uid: 'uid-of-shop' };
  const replicaSets = shop.replicaSets.map((one) => ({
    ...one,
    metadata: { ...one.metadata, ownerReferences: [{ ...owned, controller: true }] },
  }));
  const pods = shop.pods.map((pod) => ({
    ...pod,
    spec: { ...pod.spec!, containers: [proxy, ...pod.spec!.containers] },
  }));
  return workloadOf(shop.deployment, replicaSets, pods);
}

test('a proxy that was injected as the first container is not taken for the service', () => {
  const state = serviceState(shopObjects({ stable: meshedShop(), services: [] }));
  expect(state.stable?.replicas[0]?.url).toBe('http://10.88.0.7:8080');
});

const service = (name: string, ...ports: (number | string)[]) => ({
  metadata: { name },
  spec: { ports: ports.map((targetPort, index) => ({ port: 80 + index, targetPort })) },
});
const two: V1Container[] = [
  { name: 'admin', ports: [{ name: 'admin', containerPort: 9000 }] },
  {
    name: 'shop',
    ports: [
      { name: 'metrics', containerPort: 9090 },
      { name: 'http', containerPort: 8080 },
    ],
  },
];
const around = { service: 'shop', target };

test.each([
  ['the number that its Service leads to', [service('shop', 8080)], 8080],
  ['the name that its Service leads to', [service('shop', 'http')], 8080],
  ['a number that no container declares', [service('shop', 7070)], 7070],
  [
    'the namesake before other Services',
    [service('metrics', 'metrics'), service('shop', 'http')],
    8080,
  ],
  ['the first declared of several', [service('web', 'http', 'admin')], 9000],
  ['the first declared, without a Service', [], 9000],
])('the port of a pod is %s', (_what, services, port) => {
  const pod = runningPod(true, { spec: { containers: two } });
  expect(portOf(pod, servedPorts({ ...around, services }))).toBe(port);
});

test('the port that the target names, and the Service of the route, come first', () => {
  const services = [service('shop', 8080), service('web', 9090)];
  expect(servedPorts({ ...around, services, route: { service: 'web' } })).toEqual([9090]);
  expect(servedPorts({ ...around, services, target: { ...target, port: 1234 } })).toEqual([1234]);
});

test('a Service of UDP is not where requests go', () => {
  const dns = { ...shopService(), spec: { ports: [{ port: 53, protocol: 'UDP' }] } };
  expect(servedPorts({ ...around, services: [dns] })).toEqual([]);
});
