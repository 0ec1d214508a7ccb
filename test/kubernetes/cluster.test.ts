import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AppsV1Api,
  AuthorizationV1Api,
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  RbacAuthorizationV1Api,
} from '@kubernetes/client-node';
import { beforeAll, expect, test } from 'vitest';
import { packImages } from '../../scripts/one-node-cluster/images/image-archive.ts';
import { shopImage } from '../../scripts/one-node-cluster/images/names.ts';
import { buildModule } from '../../scripts/programs/build-module.ts';
import { samples } from '../../scripts/one-node-cluster/programs/go-modules.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { describeOnCluster, newNamespace, theCluster } from '../fixtures/cluster.ts';
import { eventually } from '../fixtures/eventually.ts';
import {
  applyShop,
  ingressShop,
  routeShop,
  shopComplete,
  shopServiceUrl,
  startShop,
} from '../fixtures/shop.ts';

describeOnCluster('the cluster that the tests are given', ['auditLog'], () => {
  const cluster = theCluster();
  let namespace: string;

  beforeAll(async () => {
    namespace = await newNamespace('given');
    await applyShop(namespace, { version: 'v2', replicas: 2 });
  });

  const answerOf = async (url: string) => {
    // kube-proxy chooses a pod for each connection, not for each request.
    const headers = { connection: 'close' };
    const answer = await fetch(url, { headers, signal: AbortSignal.timeout(5_000) });
    const text = await answer.text();
    expect(answer, `${answer.status}: ${text}`).toHaveProperty('status', 200);
    expect(answer.headers.get('x-version')).toBe('v2');
    return JSON.parse(text) as unknown;
  };
  const fromVersion2 = { version: 'v2', pod: expect.stringMatching(/^shop-/) };
  const podsOf = async (app: string) => {
    const core = cluster.config().makeApiClient(CoreV1Api);
    return (await core.listNamespacedPod({ namespace, labelSelector: `app=${app}` })).items;
  };

  test('a pod answers at its own address', async () => {
    const [pod] = await podsOf('shop');
    expect(await answerOf(`http://${pod?.status?.podIP ?? ''}:8080`)).toEqual({
      version: 'v2',
      pod: pod?.metadata?.name,
    });
  });

  test('a Service answers at its cluster address, from all of its pods', async () => {
    const url = await shopServiceUrl(namespace);
    const pods = new Set<unknown>();
    await eventually(async () => {
      pods.add(((await answerOf(url)) as { pod: string }).pod);
      expect(pods.size).toBe(2);
    });
  });

  test('a Service without pods refuses at once', async () => {
    const core = cluster.config().makeApiClient(CoreV1Api);
    const body = { metadata: { name: 'gone' }, spec: { ports: [{ port: 80 }] } };
    await core.createNamespacedService({ namespace, body });
    const url = await shopServiceUrl(namespace, 'gone');
    await expect(fetch(url)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  });

  test('an HTTPRoute of the Gateway leads to the service', async () => {
    const url = await routeShop(namespace);
    await eventually(async () => {
      expect(await answerOf(url)).toEqual(fromVersion2);
    });
  });

  test('an Ingress of class nginx leads to the service', async () => {
    const url = await ingressShop(namespace);
    await eventually(async () => {
      expect(await answerOf(url)).toEqual(fromVersion2);
    });
  });

  test('the router counts the requests of each service', async () => {
    await fetch(await routeShop(namespace));
    await eventually(async () => {
      const text = await (await fetch(cluster.traefikMetricsUrl)).text();
      expect(text).toMatch(new RegExp(`traefik_service_requests_total\\{code="200".*${namespace}`));
    });
  });

  test('a request to the API is in the audit log with its user, verb and object', async () => {
    const core = cluster.config().makeApiClient(CoreV1Api);
    const name = `asked-for-${namespace}`;
    await expect(core.readNamespacedConfigMap({ namespace, name })).rejects.toThrow('404');
    await eventually(async () => {
      const lines = (await readFile(cluster.auditLog, 'utf8')).split('\n');
      const line = lines.find((text) => text.includes(`/configmaps/${name}"`));
      expect(JSON.parse(line ?? '{}')).toMatchObject({
        stage: 'ResponseComplete',
        verb: 'get',
        user: { username: 'admin' },
        objectRef: { resource: 'configmaps', namespace, name },
        responseStatus: { code: 404 },
      });
    });
  });

  test('a user may do what a Role allows, and nothing else', async () => {
    const pods = () =>
      cluster.testerConfig().makeApiClient(CoreV1Api).listNamespacedPod({ namespace });
    await expect(pods()).rejects.toThrow('403');
    const rbac = cluster.config().makeApiClient(RbacAuthorizationV1Api);
    const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }];
    await rbac.createNamespacedRole({ namespace, body: { metadata: { name: 'reader' }, rules } });
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' };
    const subjects = [{ kind: 'User', name: 'tester' }];
    const body = { metadata: { name: 'reader' }, roleRef, subjects };
    await rbac.createNamespacedRoleBinding({ namespace, body });
    await eventually(pods);
    const core = cluster.testerConfig().makeApiClient(CoreV1Api);
    await expect(core.listNamespacedService({ namespace })).rejects.toThrow('403');
  });

  test('a ServiceAccount acts with a token that was asked for', async () => {
    const core = cluster.config().makeApiClient(CoreV1Api);
    const { status } = await eventually(() =>
      core.createNamespacedServiceAccountToken({
        namespace,
        name: 'default',
        body: { spec: { audiences: [], expirationSeconds: 600 } },
      }),
    );
    const config = new KubeConfig();
    config.loadFromClusterAndUser(cluster.config().getCurrentCluster()!, {
      name: 'default',
      token: status?.token ?? '',
    });
    const authorization = config.makeApiClient(AuthorizationV1Api);
    const review = await authorization.createSelfSubjectRulesReview({
      body: { spec: { namespace } },
    });
    expect(review.status?.incomplete).toBe(false);
    const pods = config.makeApiClient(CoreV1Api).listNamespacedPod({ namespace });
    await expect(pods).rejects.toThrow(`system:serviceaccount:${namespace}:default`);
  });

  test('a version that crashes says why in its log, and the pod waits in CrashLoopBackOff', async () => {
    await startShop(namespace, { name: 'crash', version: 'v3', replicas: 1, env: { CRASH: '1' } });
    await eventually(async () => {
      const [pod] = await podsOf('crash');
      const [status] = pod?.status?.containerStatuses ?? [];
      expect(status?.state?.waiting?.reason).toBe('CrashLoopBackOff');
    }, 60_000);
    const [pod] = await podsOf('crash');
    const core = cluster.config().makeApiClient(CoreV1Api);
    const name = pod?.metadata?.name ?? '';
    const log = await core.readNamespacedPodLog({ namespace, name, previous: true });
    expect(log).toContain('CRASH is set');
  });

  test('a pod that is stopped answers the request that it has begun', async () => {
    await startShop(namespace, {
      name: 'slow',
      version: 'v2',
      replicas: 1,
      env: { LATENCY_MS: '3000', START_DELAY_MS: '1000' },
    });
    await shopComplete(namespace, 'slow');
    const [pod] = await podsOf('slow');
    const name = pod?.metadata?.name ?? '';
    const answer = answerOf(`http://${pod?.status?.podIP ?? ''}:8080`);
    await cluster.config().makeApiClient(CoreV1Api).deleteNamespacedPod({ namespace, name });
    expect(await answer).toEqual({ version: 'v2', pod: name });
  });

  test('pods run an image that a test has put together', async () => {
    const { shop } = await buildModule(samples, {
      cache: loadConfig().cache,
      log: () => undefined,
    });
    const files = [{ path: 'shop', content: await readFile(shop), executable: true }];
    const image = { name: shopImage(namespace), entrypoint: ['/shop'], env: { VERSION: 'own' } };
    const folder = await mkdtemp(join(tmpdir(), 'belay-image-'));
    try {
      await writeFile(join(folder, 'own.tar'), packImages([image], files));
      await cluster.importImage(join(folder, 'own.tar'));
    } finally {
      await rm(folder, { recursive: true });
    }
    await applyShop(namespace, { name: 'own', version: namespace, replicas: 1 });
    const url = await shopServiceUrl(namespace, 'own');
    const answer = await eventually(() => fetch(url));
    expect(answer.headers.get('x-version')).toBe('own');
  });

  test('a hundred fake pods are ready on fake nodes, and no real pod is placed there', async () => {
    await cluster.addFakeNodes(2);
    await applyShop(namespace, { name: 'fake', version: 'v1', replicas: 100, fake: true });
    const nodes = (await podsOf('fake')).map((pod) => pod.spec?.nodeName);
    expect(new Set(nodes)).toEqual(new Set(['fake-1', 'fake-2']));
    const real = (await podsOf('shop')).map((pod) => pod.spec?.nodeName);
    expect(new Set(real)).toEqual(new Set(['node']));
    const apps = cluster.config().makeApiClient(AppsV1Api);
    await apps.deleteNamespacedDeployment({ namespace, name: 'fake' });
    await eventually(async () => expect(await podsOf('fake')).toEqual([]), 60_000);
  });

  test('the API takes a VirtualService and a DestinationRule of Istio', async () => {
    const custom = cluster.config().makeApiClient(CustomObjectsApi);
    const group = { group: 'networking.istio.io', version: 'v1', namespace };
    const object = (kind: string, spec: object) => ({
      apiVersion: 'networking.istio.io/v1',
      kind,
      metadata: { name: 'shop' },
      spec,
    });
    const route = [{ destination: { host: 'shop' }, weight: 100 }];
    const service = object('VirtualService', { hosts: ['shop'], http: [{ route }] });
    const rule = object('DestinationRule', { host: 'shop', subsets: [{ name: 'stable' }] });
    await custom.createNamespacedCustomObject({
      ...group,
      plural: 'virtualservices',
      body: service,
    });
    await custom.createNamespacedCustomObject({ ...group, plural: 'destinationrules', body: rule });
  });
});
