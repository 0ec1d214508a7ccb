import type { KubernetesObject, V1PolicyRule, V1Role } from '@kubernetes/client-node';
import { KubernetesObjectApi, PatchStrategy } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { ClusterApi } from '../../src/adapters/kubernetes-api/cluster-api.ts';
import { TestFailed } from '../../src/adapters/kubernetes-api/cluster-api.ts';
import {
  createClusterApi,
  type OwnedClusterApi,
} from '../../src/adapters/kubernetes-api/create-cluster-api.ts';
import type { Access } from '../../src/adapters/kubernetes-api/kubeconfig.ts';
import { createKubernetesPlatform } from '../../src/adapters/kubernetes/kubernetes-platform.ts';
import type { RouterSpec } from '../../src/specs/rollouts/kubernetes-target.ts';
import { describeOnCluster, newNamespace, theCluster } from '../fixtures/cluster.ts';
import { claimAsBefore } from '../fixtures/old-canary.ts';
import { writeOverlay } from '../fixtures/overlay.ts';
import { becomeServiceAccount, requestsOf } from '../fixtures/service-account.ts';
import { openCluster, ShopRollout } from '../fixtures/shop-rollout.ts';
import { applyShop, ingressShop, routeShop } from '../fixtures/shop.ts';

const account = 'belay-worker';

/**
 * Every act of every kind of rollout, as a ServiceAccount that has the Role of watched-namespace
 * and nothing else. What it asked for is read from the API server's audit log.
 */
describeOnCluster('the Role of a watched namespace', ['auditLog', 'kubectl', 'gatewayUrl'], () => {
  const cluster = theCluster();
  let system: string;
  let namespace: string;
  let overlay: string;
  let access: Access;
  let api: OwnedClusterApi;

  beforeAll(async () => {
    [system, namespace] = await Promise.all([newNamespace('belay'), newNamespace('watched')]);
    overlay = await grantIn(namespace, system);
    access = await becomeServiceAccount(system, account);
    api = createClusterApi({
      access,
      version: 'least-privilege',
      namespaces: [namespace],
      rate: { qps: 100, burst: 200 },
    });
    await setUpShop(namespace);
  });
  afterAll(async () => {
    api.close();
    await cluster.kubectl(
      ...['delete', 'clusterrole,clusterrolebinding', `belay-ingress-classes-${namespace}`],
    );
  });

  const rollout = (router?: RouterSpec) =>
    new ShopRollout(contested(api), namespace, router ? { target: { router } } : {});
  const platformOf = () =>
    createKubernetesPlatform({ clusters: { of: () => Promise.resolve(contested(api)) } });
  const upTo = async (weight: number, version: string, router?: RouterSpec) => {
    const shop = rollout(router);
    await shop.claim();
    // Again, as after what a dead rollout has left.
    await shop.claim();
    await shop.stage(version, weight);
    return shop;
  };

  test('is enough to promote a release by replica ratio', async () => {
    const shop = await upTo(50, 'v2');
    const platform = platformOf();
    await platform.readTraffic(shop.ref);
    expect(await platform.listOwned()).toHaveLength(1);
    await shop.stage('v2', 100);
    await shop.promoteToTheEnd();
  });

  test('is enough to take a promotion back, on the Gateway API', async () => {
    const router = { gatewayApi: { route: 'shop', settleMs: 3_000 } };
    const target = { router, labels: { team: 'shop' } };
    const shop = new ShopRollout(contested(api), namespace, { target });
    await shop.claim();
    await shop.stage('v3', 100);
    await shop.promote();
    await shop.revert();
    await shop.complete();
    await shop.settle();
    await shop.releaseService();
  });

  test('is enough to abort on ingress-nginx and on Istio, and to correct what others changed', async () => {
    await (await upTo(50, 'v3', { nginx: { ingress: 'shop', settleMs: 3_000 } })).abort();
    const shop = await upTo(50, 'v3', { istio: { virtualService: 'shop', settleMs: 0 } });
    await shop.correctDrift();
    await shop.abort();
  });

  test('is enough to end what an earlier version of Belay began', async () => {
    const admin = await openCluster();
    try {
      const shop = rollout();
      await claimAsBefore(admin, shop);
      await shop.stage('v3', 50);
      await shop.abort();
    } finally {
      admin.close();
    }
  });

  test('is enough to replace a release in place, and to restore it', async () => {
    const shop = rollout();
    await shop.claim();
    const { ref } = shop;
    const platform = platformOf();
    const release = { version: 'v4', image: 'belay.test/shop:v4' };
    const replacement = { release, how: 'rolling' as const, readiness: { deadlineMs: 60_000 } };
    await platform.replaceStable(ref, shop.fence(), replacement);
    await shop.complete();
    await platform.restoreReplaced(ref, shop.fence());
    await shop.complete();
    await shop.releaseService();
  });

  test('is enough to refuse a release for the volumes of its pods', async () => {
    const { ref } = rollout();
    const withVolume = { ...ref, service: 'with-volume' };
    const release = { version: 'v2', image: 'belay.test/shop:v2' };
    const read = platformOf().readService(withVolume, { release, way: 'beside' });
    await expect(read).rejects.toThrow('ReadWriteOnce');
  });

  test('was never too little, and holds nothing that no act asked for', async () => {
    const granted = permissionsOf(await rulesOf(overlay)).sort();
    const asked = (await requestsOf(system, account)).filter(({ objectRef }) => objectRef);
    expect(asked.filter(({ responseStatus }) => responseStatus?.code === 403)).toEqual([]);
    const isClass = ({ objectRef }: (typeof asked)[number]) =>
      objectRef?.resource === 'ingressclasses';
    const elsewhere = asked.filter(({ objectRef }) => objectRef?.namespace !== namespace);
    expect(elsewhere.filter((one) => !isClass(one))).toEqual([]);
    const used = asked.map(({ verb, objectRef: { apiGroup = '', resource, subresource } = {} }) =>
      [verb, apiGroup, resource, subresource].filter((part) => part !== undefined).join(' '),
    );
    expect([...new Set(used)].sort()).toEqual(granted);
  });

  test('ends at its namespace', async () => {
    const list = api.list('deployments', system);
    await expect(list).rejects.toMatchObject({ code: 'unauthorized' });
  });

  /** The Roles and their bindings, to a ServiceAccount that is not where it is in the manifests. */
  async function grantIn(watched: string, accountIn: string): Promise<string> {
    const patch = JSON.stringify([
      { op: 'replace', path: '/subjects/0/namespace', value: accountIn },
    ]);
    const folder = await writeOverlay({
      resources: ['watched-namespace', 'ingress-classes'],
      namespace: watched,
      // Of the cluster, which other tests share.
      nameSuffix: `-${watched}`,
      patches: ['RoleBinding', 'ClusterRoleBinding'].map((kind) => ({ target: { kind }, patch })),
    });
    await cluster.kubectl('apply', `--kustomize=${folder}`);
    return folder;
  }

  async function rulesOf(folder: string): Promise<V1PolicyRule[]> {
    const documents = parseAllDocuments(await cluster.kubectl('kustomize', folder));
    const objects = documents.map((document) => document.toJS() as V1Role);
    return objects.flatMap(({ rules = [] }) => rules);
  }
});

function permissionsOf(rules: V1PolicyRule[]): string[] {
  return rules.flatMap(({ apiGroups = [], resources = [], verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) => verbs.map((verb) => `${verb} ${group} ${resource}`)),
    ),
  );
}

/** The first write of each object meets a change by someone else, so that the object is read again. */
function contested(api: ClusterApi): ClusterApi {
  const met = new Set<string>();
  return {
    ...api,
    patch: async (ref, steps) => {
      const key = `${ref.kind}/${ref.name}`;
      if (met.has(key)) return api.patch(ref, steps);
      met.add(key);
      throw new TestFailed(`somebody changed ${key}`);
    },
  };
}

/** A shop that keeps no old ReplicaSets, is scaled, and is reached by every kind of route. */
async function setUpShop(namespace: string): Promise<void> {
  await applyShop(namespace, { version: 'v1', replicas: 2 });
  await Promise.all([routeShop(namespace), ingressShop(namespace)]);
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop' };
  const keepNone = JSON.stringify({ spec: { revisionHistoryLimit: 0 } });
  await theCluster().kubectl(
    ...['patch', 'deployment', 'shop', `--namespace=${namespace}`],
    ...['--type=merge', `--patch=${keepNone}`],
  );
  await apply(namespace, 'autoscaling/v2', 'HorizontalPodAutoscaler', 'shop', {
    scaleTargetRef,
    ...{ minReplicas: 2, maxReplicas: 4 },
  });
  await apply(namespace, 'networking.istio.io/v1', 'VirtualService', 'shop', {
    hosts: ['shop'],
    http: [{ route: [{ destination: { host: 'shop' } }] }],
  });
  await apply(namespace, 'v1', 'PersistentVolumeClaim', 'data', {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '1Gi' } },
  });
  await apply(namespace, 'apps/v1', 'Deployment', 'with-volume', {
    replicas: 0,
    selector: { matchLabels: { app: 'with-volume' } },
    template: {
      metadata: { labels: { app: 'with-volume' } },
      spec: {
        containers: [{ name: 'shop', image: 'belay.test/shop:v1' }],
        volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
      },
    },
  });
}

async function apply(
  namespace: string,
  apiVersion: string,
  kind: string,
  name: string,
  spec: object,
): Promise<void> {
  const object: KubernetesObject & { spec: object } = {
    ...{ apiVersion, kind, spec },
    metadata: { namespace, name },
  };
  const objects = KubernetesObjectApi.makeApiClient(theCluster().config());
  const { ServerSideApply } = PatchStrategy;
  await objects.patch(object, undefined, undefined, 'belay-tests', true, ServerSideApply);
}
