import { randomBytes } from 'node:crypto';
import { CoreV1Api } from '@kubernetes/client-node';
import { shopImage } from '../../../scripts/one-node-cluster/images/names.ts';
import type { ServiceRef } from '../../../src/contracts/rollouts/platform.ts';
import { theCluster } from '../../fixtures/cluster.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { shopObjects } from '../../fixtures/shop-objects.ts';
import { applyShop, routeShop, shopServiceUrl } from '../../fixtures/shop.ts';
import type { MakeSite } from './site.ts';
import type { WrittenSpec } from './stand.ts';

export type Routing = 'routed' | 'by replica ratio';

/** Kubernetes replaces pods in place without asking who still sends requests to them. */
const inPlace = /^(replaced|put-back)-/;
const preStopSeconds = 5;

/** A Deployment in a namespace of its own, which alone its workers watch; without preStop hooks, unless it is updated in place. */
export function kubernetesSites(routingOf: (name: string) => Routing): MakeSite {
  return (_world, name) => {
    const namespace = `crash-${randomBytes(4).toString('hex')}`;
    const isRouted = routingOf(name) === 'routed';
    const hooks = inPlace.test(name) ? { preStopSeconds } : {};
    const target = {
      platform: 'kubernetes',
      namespace,
      ...(isRouted && { router: { gatewayApi: { route: 'shop' } } }),
    };
    // Workflow IDs and what callers read need no more than a spec's own words.
    const ref = { service: 'shop', environment: namespace, target: target as ServiceRef['target'] };
    const core = () => theCluster().config().makeApiClient(CoreV1Api);
    return {
      ref,
      settings: {
        BELAY_KUBECONFIG: theCluster().kubeconfig,
        BELAY_KUBERNETES_NAMESPACES: namespace,
        BELAY_ACT_TIMEOUT: '8s',
      },
      specOf: ({ release, ...rest }: WrittenSpec) => ({
        ...{ ...ref, ...rest },
        ...(release !== undefined && { release: { version: release, image: shopImage(release) } }),
      }),
      async open() {
        await core().createNamespace({ body: { metadata: { name: namespace } } });
        await applyShop(namespace, { version: 'v1', replicas: 2, ...hooks });
        const direct = { url: await shopServiceUrl(namespace), keepAlive: false };
        await untilItAnswers(direct.url);
        if (!isRouted) return [direct];
        return [direct, { url: await routeShop(namespace), keepAlive: true }];
      },
      async readEnd() {
        const { deployments, services, ...others } = await shopObjects(namespace);
        return { stable: { deployments, services }, leftover: others, acts: {} };
      },
      async close() {
        await core().deleteNamespace({ name: namespace });
      },
    };
  };
}

/** kube-proxy follows a new Service a moment later. */
async function untilItAnswers(url: string): Promise<void> {
  await eventually(async () => {
    const { ok } = await fetch(url, { headers: { connection: 'close' } });
    if (!ok) throw new Error(`${url} does not answer yet`);
  });
}
