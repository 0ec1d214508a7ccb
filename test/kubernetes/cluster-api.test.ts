import { readFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import {
  RbacAuthorizationV1Api,
  type KubeConfig,
  type V1Deployment,
} from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { TestFailed, type ClusterApi } from '../../src/adapters/kubernetes-api/cluster-api.ts';
import {
  createClusterApi,
  type ClusterApiOptions,
  type OwnedClusterApi,
} from '../../src/adapters/kubernetes-api/create-cluster-api.ts';
import { describeOnCluster, newNamespace, theCluster } from '../fixtures/cluster.ts';
import { eventually } from '../fixtures/eventually.ts';

const rate = { qps: 50, burst: 100 };

function open(kubeconfig: KubeConfig, options?: Partial<ClusterApiOptions>): OwnedClusterApi {
  const server = kubeconfig.getCurrentCluster()!.server;
  const access = { context: kubeconfig.getCurrentContext(), server, kubeconfig };
  return createClusterApi({ access, version: 'test', rate, ...options });
}

function deployment(name: string): V1Deployment {
  const labels = { app: name };
  const containers = [{ name: 'shop', image: 'belay.test/shop:v1', imagePullPolicy: 'Never' }];
  const template = { metadata: { labels }, spec: { containers } };
  return {
    metadata: { name, labels },
    spec: { replicas: 0, selector: { matchLabels: labels }, template },
  };
}

describeOnCluster('the API of a real cluster', [], () => {
  const cluster = theCluster();
  let namespace: string;
  let api: OwnedClusterApi;

  beforeAll(async () => {
    namespace = await newNamespace('api');
    api = open(cluster.config());
  });
  afterAll(() => api.close());

  const at = (name: string) => ({ kind: 'deployments', namespace, name }) as const;
  const made = (name: string) => api.create('deployments', namespace, deployment(name));
  const fence = '/metadata/annotations/belay.dev~1fence';
  const fenceAs = (value: string) =>
    ({ op: 'add', path: '/metadata/annotations', value: { 'belay.dev/fence': value } }) as const;

  test('what this process writes it reads at once, however fast', async () => {
    await made('seen');
    for (let turn = 0; turn < 20; turn++) {
      await api.patch(at('seen'), [fenceAs(String(turn))]);
      const read = await api.get(at('seen'));
      expect(read?.metadata?.annotations?.['belay.dev/fence']).toBe(String(turn));
    }
    await api.remove(at('seen'), { uid: (await api.get(at('seen')))?.metadata?.uid ?? '' });
    expect(await api.get(at('seen'))).toBeUndefined();
    expect(await api.getLive(at('seen'))).toBeUndefined();
  });

  test('a test for null holds for an absent annotation; where there is none at all, for all of them', async () => {
    const ref = { kind: 'services', namespace, name: 'unfenced' } as const;
    const body = { metadata: { name: 'unfenced' }, spec: { ports: [{ port: 80 }] } };
    await api.create('services', namespace, body);
    const noFence = { op: 'test', path: fence, value: null } as const;
    const noAnnotations = { op: 'test', path: '/metadata/annotations', value: null } as const;
    const note = { op: 'add', path: '/metadata/annotations', value: { note: 'x' } } as const;
    await expect(api.patch(ref, [noFence, note])).rejects.toThrow(TestFailed);
    await api.patch(ref, [noAnnotations, note]);
    await api.patch(ref, [noFence, fenceAs('mine 1')]);
    await expect(api.patch(ref, [noFence, fenceAs('other 1')])).rejects.toThrow(TestFailed);
    const live = await api.getLive(ref);
    expect(live?.metadata?.annotations).toEqual({ 'belay.dev/fence': 'mine 1' });
  });

  test('a failed test is told apart from an object that would be invalid', async () => {
    await made('judged');
    const uid = [{ op: 'test', path: '/metadata/uid', value: 'another' }] as const;
    await expect(api.patch(at('judged'), [...uid])).rejects.toThrow(TestFailed);
    const wrong = api.patch(at('judged'), [
      { op: 'replace', path: '/spec/replicas', value: -1 },
      { op: 'replace', path: '/spec/template/spec/containers/0/name', value: 'Not A Name' },
    ]);
    await expect(wrong).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringMatching(/spec\.replicas: .*\n.*containers\[0\]\.name: /),
    });
    await expect(wrong).rejects.not.toThrow('Not A Name');
  });

  test('a misspelt field is refused, not dropped', async () => {
    await made('misspelt');
    const patching = api.patch(at('misspelt'), [{ op: 'add', path: '/spec/replicsa', value: 1 }]);
    await expect(patching).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('unknown field "spec.replicsa"'),
    });
  });

  test('what exists already cannot be made, and another object of the name is not removed', async () => {
    await made('twice');
    await expect(made('twice')).rejects.toMatchObject({ code: 'conflict' });
    await api.remove(at('twice'), { uid: '00000000-0000-0000-0000-000000000000' });
    expect(await api.getLive(at('twice'))).toBeDefined();
  });

  test('two hundred patches at once are all written, at the rate that was set', async () => {
    const names = Array.from({ length: 20 }, (_, number) => `busy-${number}`);
    await Promise.all(names.map(made));
    const paced = open(cluster.config(), { rate: { qps: 50, burst: 100 } });
    onTestFinished(() => paced.close());
    const startMs = performance.now();
    const patches = Array.from({ length: 200 }, (_, turn) => {
      const path = `/metadata/labels/patch-${turn}`;
      return paced.patch(at(names[turn % 20]!), [{ op: 'add', path, value: String(turn) }]);
    });
    await Promise.all(patches);
    expect(performance.now() - startMs).toBeGreaterThan(1_950);
    const written = (await paced.list('deployments', namespace)).flatMap(({ metadata }) =>
      Object.keys(metadata?.labels ?? {}).filter((label) => label.startsWith('patch-')),
    );
    expect(written).toHaveLength(200);
  });

  test('a wait ends with the change it waits for', async () => {
    const other = open(cluster.config());
    onTestFinished(() => other.close());
    const wait = { kinds: ['services'], namespace, timeoutMs: 10_000, what: () => 'it' } as const;
    const waiting = api.until(wait, () => api.get({ kind: 'services', namespace, name: 'late' }));
    await other.create('services', namespace, {
      metadata: { name: 'late' },
      spec: { ports: [{ port: 80 }] },
    });
    expect((await waiting).metadata?.name).toBe('late');
  });

  test('a watch outlives an outage of the API server, and misses nothing', async () => {
    const outage = await startOutage(new URL(cluster.apiServerUrl));
    const remote = open(outage.through(cluster.config()));
    onTestFinished(() => remote.close());
    await made('watched');
    expect(await remote.get(at('watched'))).toBeDefined();
    outage.begin();
    await made('meanwhile');
    await api.remove(at('watched'), { uid: (await api.get(at('watched')))?.metadata?.uid ?? '' });
    expect(await remote.get(at('meanwhile'))).toBeUndefined();
    outage.end();
    await eventually(async () => expect(await remote.get(at('meanwhile'))).toBeDefined());
    expect(await remote.get(at('watched'))).toBeUndefined();
  });
});

describeOnCluster('the API as a user with few rights', ['testerKubeconfig'], () => {
  test('names the right that a Role lacks', async () => {
    const cluster = theCluster();
    const namespace = await newNamespace('api-rights');
    const rules = [{ apiGroups: ['apps'], resources: ['deployments'], verbs: ['list', 'watch'] }];
    const rbac = cluster.config().makeApiClient(RbacAuthorizationV1Api);
    await rbac.createNamespacedRole({ namespace, body: { metadata: { name: 'few' }, rules } });
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'few' };
    const subjects = [{ kind: 'User', name: 'tester' }];
    const body = { metadata: { name: 'few' }, roleRef, subjects };
    await rbac.createNamespacedRoleBinding({ namespace, body });
    const api = open(cluster.testerConfig());
    onTestFinished(() => api.close());
    expect(await eventually(() => api.list('deployments', namespace))).toEqual([]);
    const patching = api.patch({ kind: 'deployments', namespace, name: 'web' }, []);
    await expect(patching).rejects.toMatchObject({
      code: 'unauthorized',
      message: expect.stringContaining(`needs patch on deployments in namespace ${namespace}`),
    });
    await expect(api.list('pods', namespace)).rejects.toMatchObject({
      message: expect.stringContaining(`needs list on pods in namespace ${namespace}`),
    });
  });
});

describeOnCluster('what a cluster sees of its reader', ['auditLog'], () => {
  test('nothing but open watches while nothing happens', async () => {
    const { config, auditLog } = theCluster();
    const namespace = await newNamespace('api-idle');
    const api = open(config(), { version: `idle-${namespace}` });
    onTestFinished(() => api.close());
    for (const kind of ['deployments', 'pods', 'services'] as const) {
      for (let turn = 0; turn < 50; turn++) await api.list(kind, namespace);
    }
    const verbs = async () => {
      const lines = (await readFile(auditLog, 'utf8'))
        .split('\n')
        .filter((line) => line.includes(`belay/idle-${namespace}`));
      const events = lines.map((line) => JSON.parse(line) as { verb: string });
      return events.map(({ verb }) => verb).filter((verb) => verb !== 'watch');
    };
    await eventually(async () => expect(await verbs()).toHaveLength(3));
    await observe(api, namespace);
    expect(await verbs()).toEqual(['list', 'list', 'list']);
  });
});

/** A second without any change in the namespace, ended by the wait's own deadline. */
async function observe(api: ClusterApi, namespace: string): Promise<void> {
  const wait = { kinds: ['pods'], namespace, timeoutMs: 1_000, what: () => 'nothing' } as const;
  await expect(api.until(wait, async () => undefined)).rejects.toThrow('waited 1 s for nothing');
}

/** A way to the API server that can be cut for one client alone. */
async function startOutage(target: URL) {
  const sockets = new Set<Socket>();
  let isOut = false;
  const proxy = createServer((near) => {
    if (isOut) {
      near.destroy();
      return;
    }
    const far = connect(Number(target.port), target.hostname);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.pipe(other);
      socket.on('error', () => other.destroy()).on('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  onTestFinished(() => {
    cut();
    proxy.close();
  });
  return {
    begin: () => {
      isOut = true;
      cut();
    },
    end: () => {
      isOut = false;
    },
    through: (config: KubeConfig): KubeConfig => {
      const { port } = proxy.address() as AddressInfo;
      const { caData: _, caFile: _file, ...known } = config.getCurrentCluster()!;
      const server = `https://127.0.0.1:${port}`;
      config.loadFromClusterAndUser(
        { ...known, server, skipTLSVerify: true },
        config.getCurrentUser()!,
      );
      return config;
    },
  };
}
