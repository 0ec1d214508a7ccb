import { afterAll, beforeAll, describe } from 'vitest';
import { shopImage } from '../../scripts/one-node-cluster/images/names.ts';
import type { OwnedClusterApi } from '../../src/adapters/kubernetes-api/create-cluster-api.ts';
import { createKubernetesPlatform } from '../../src/adapters/kubernetes/kubernetes-platform.ts';
import type { Platform } from '../../src/contracts/rollouts/platform.ts';
import { keepsThePlatformContract } from '../contracts/rollouts/platform.ts';
import { describeOnCluster, newNamespace } from '../fixtures/cluster.ts';
import { openCluster } from '../fixtures/shop-rollout.ts';
import { applyShop } from '../fixtures/shop.ts';

describeOnCluster('Kubernetes', ['kubectl'], () => {
  let api: OwnedClusterApi;
  let platform: Platform;
  beforeAll(async () => {
    api = await openCluster();
    platform = createKubernetesPlatform({
      clusters: { of: () => Promise.resolve(api) },
      proxySettleMs: 50,
    });
  });
  afterAll(() => api.close());

  const image = (version: string, name: string) => ({ version, image: shopImage(name) });
  describe('as a platform', () => {
    keepsThePlatformContract(() => ({
      platform,
      serving: async () => {
        const namespace = await newNamespace('contract');
        await applyShop(namespace, { version: 'v1', replicas: 2 });
        const target = {
          platform: 'kubernetes' as const,
          namespace,
          metrics: { path: '/metrics' },
        };
        return { service: 'shop', environment: namespace, target };
      },
      release: (version) => image(version, version),
      neverReady: (version) => image(version, `${version}-is-not-there`),
    }));
  });
});
