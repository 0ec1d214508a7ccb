/** A cluster whose admission puts images from a mirror in the place of those that are asked for. */
import { KubernetesObjectApi } from '@kubernetes/client-node';
import type { KubernetesObject } from '@kubernetes/client-node';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { shopImage } from '../../scripts/one-node-cluster/images/names.ts';
import type { OwnedClusterApi } from '../../src/adapters/kubernetes-api/create-cluster-api.ts';
import { describeOnCluster, newNamespace, theCluster } from '../fixtures/cluster.ts';
import { eventually } from '../fixtures/eventually.ts';
import { openCluster, ShopRollout } from '../fixtures/shop-rollout.ts';
import { applyShop } from '../fixtures/shop.ts';

const mirrored = (version: string) => `mirror.test/${shopImage(version)}`;

describeOnCluster('a release whose images admission rewrites', [], () => {
  let api: OwnedClusterApi;
  let namespace: string;
  let shop: ShopRollout;
  const policies = () => KubernetesObjectApi.makeApiClient(theCluster().config());

  beforeAll(async () => {
    await theCluster().addFakeNodes(1);
    api = await openCluster();
  });
  afterAll(() => api.close());
  beforeEach(async () => {
    namespace = await newNamespace('mirrored');
    for (const object of mirrorPolicy(namespace)) await policies().create(object);
    await eventually(async () => {
      await applyShop(namespace, { version: 'v1', replicas: 2, fake: true });
      shop = new ShopRollout(api, namespace, { proxySettleMs: 50 });
      expect((await shop.state()).stable?.release.image).toBe(mirrored('v1'));
    });
  });
  afterEach(async () => {
    for (const object of mirrorPolicy(namespace)) await policies().delete(object);
  });

  const asked = { version: 'v2', image: shopImage('v2') };
  const line = `container shop runs ${mirrored('v2')}: the cluster's admission rewrote ${shopImage('v2')}`;

  test('is there under its name, promoted under its name, and known when it is asked for again', async () => {
    await shop.claim();
    await shop.stage('v2', 100);
    expect(await shop.state()).toMatchObject({
      canary: { release: { version: 'v2', image: mirrored('v2') }, rewritten: [line] },
      drift: [],
    });
    await shop.promoteToTheEnd();
    expect((await shop.state()).stable).toMatchObject({
      release: { version: 'v2', image: mirrored('v2') },
      rewritten: [line],
    });
    await eventually(async () => expect((await shop.state(asked)).isServing).toBe(true));
    expect((await shop.state({ ...asked, image: shopImage('v3') })).isServing).toBe(false);
  });

  test('is there under its name where it takes the place of the other', async () => {
    await shop.claim();
    await shop.replace('v2', 'rolling');
    await shop.complete();
    expect(await shop.state()).toMatchObject({
      stable: { release: { version: 'v2' }, rewritten: [line] },
      drift: [],
    });
    await shop.settle();
    await shop.releaseService();
  });
});

/** As image-swapping webhooks do it, in this namespace alone. */
function mirrorPolicy(namespace: string): KubernetesObject[] {
  const image = 'object.spec.template.spec.containers[0].image';
  const path = '/spec/template/spec/containers/0/image';
  const apiVersion = 'admissionregistration.k8s.io/v1';
  const rule = {
    apiGroups: ['apps'],
    apiVersions: ['v1'],
    operations: ['CREATE', 'UPDATE'],
    resources: ['deployments'],
  };
  const policy = {
    apiVersion,
    kind: 'MutatingAdmissionPolicy',
    metadata: { name: namespace },
    spec: {
      matchConstraints: { resourceRules: [rule] },
      matchConditions: [
        { name: 'not-mirrored', expression: `!${image}.startsWith('mirror.test/')` },
      ],
      failurePolicy: 'Fail',
      reinvocationPolicy: 'Never',
      mutations: [
        {
          patchType: 'JSONPatch',
          jsonPatch: {
            expression: `[JSONPatch{op: "replace", path: "${path}", value: "mirror.test/" + ${image}}]`,
          },
        },
      ],
    },
  };
  const binding = {
    apiVersion,
    kind: 'MutatingAdmissionPolicyBinding',
    metadata: { name: namespace },
    spec: {
      policyName: namespace,
      matchResources: {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
      },
    },
  };
  return [policy, binding];
}
