import type { V1Pod, V1ReplicaSet } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import type { ClusterApi } from '../../../../src/adapters/kubernetes-api/cluster-api.ts';
import { collectServices } from '../../../../src/adapters/kubernetes/state/collect-services.ts';
import { podsOf, replicaSet, shopService, stableShop, target, template } from './shop-objects.ts';

/** Of stable as it was read a moment ago, and of the caches as they are by now. */
async function otherPods(pods: V1Pod[], replicaSets: V1ReplicaSet[]): Promise<string[]> {
  const stable = stableShop();
  const lists: Record<string, object[]> = {
    services: [shopService()],
    pods: [...stable.pods, ...pods],
    endpointslices: [],
  };
  const api = {
    list: (kind: string) => Promise.resolve(lists[kind]),
    get: ({ name }: { name: string }) =>
      Promise.resolve(replicaSets.find(({ metadata }) => metadata?.name === name)),
  } as unknown as ClusterApi;
  const found = await collectServices(api, { service: 'shop', target, stable });
  return found.otherPods.map(({ metadata }) => metadata?.name ?? '');
}

const other = replicaSet('checkout-x', 1, template('v1'));

test('a pod of another workload behind the Service is found', async () => {
  expect(await otherPods(podsOf(other, 1), [other])).toEqual(['checkout-x-0']);
});

test('a pod of nobody behind the Service is found', async () => {
  const [pod] = podsOf(other, 1);
  const alone = { ...pod, metadata: { ...pod?.metadata, ownerReferences: [] } };
  expect(await otherPods([alone], [])).toEqual(['checkout-x-0']);
});

test("a pod that stable has got since its pods were read is stable's", async () => {
  const [current] = stableShop().replicaSets;
  expect(await otherPods(podsOf(current!, 3).slice(2), [current!])).toEqual([]);
});

test('a pod whose ReplicaSet has not been seen yet is held against nobody', async () => {
  expect(await otherPods(podsOf(other, 1), [])).toEqual([]);
});
