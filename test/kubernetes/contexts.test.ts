/** Two contexts of one kubeconfig, each of a user with rights in one namespace alone. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RbacAuthorizationV1Api } from '@kubernetes/client-node';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLeftoverActivities } from '../../activities/kernel/leftovers.ts';
import { createServiceSweeper } from '../../activities/rollouts/service-sweeper.ts';
import { shopImage } from '../../scripts/one-node-cluster/images/names.ts';
import { unguarded } from '../../src/adapters/breakers/unguarded.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import type { SweepReport } from '../../src/contracts/kernel/leftovers.ts';
import type { ServiceRef } from '../../src/contracts/rollouts/platform.ts';
import { openPlatforms, type OpenPlatforms } from '../../workers/platforms.ts';
import { MemoryLedger } from '../fakes/memory-ledger.ts';
import { describeOnCluster, newNamespace, theCluster } from '../fixtures/cluster.ts';
import { becomeServiceAccount } from '../fixtures/service-account.ts';
import { shopObjects } from '../fixtures/shop-objects.ts';
import { applyShop } from '../fixtures/shop.ts';

describeOnCluster('a worker with two contexts', [], () => {
  let folder: string;
  let near: string;
  let far: string;
  let opened: OpenPlatforms;

  beforeAll(async () => {
    await theCluster().addFakeNodes(1);
    [near, far, folder] = await Promise.all([
      newNamespace('near'),
      newNamespace('far'),
      mkdtemp(join(tmpdir(), 'belay-contexts-')),
    ]);
    const kubeconfig = join(folder, 'config');
    await writeFile(kubeconfig, await kubeconfigOf({ near, far }));
    const config = loadConfig({
      BELAY_HOME: folder,
      BELAY_KUBECONFIG: kubeconfig,
      BELAY_KUBERNETES_CONTEXTS: 'far',
      BELAY_KUBERNETES_NAMESPACES: [near, far].join(','),
    });
    opened = openPlatforms(config, folder, () => unguarded);
  });
  afterAll(async () => {
    opened.close();
    await rm(folder, { recursive: true });
  });

  test('sweeps what dead rollouts left on either, whatever is forbidden on the other', async () => {
    const found = await Promise.all([near, far].map(shopIn));
    const [here, there] = [refOf(near), refOf(far, 'far')];
    await Promise.all([here, there].map(beginRollout));
    const { sweepLeftovers } = createLeftoverActivities({
      sweepers: [createServiceSweeper({ platforms: opened.swept, ledger: new MemoryLedger() })],
      openLiveness: () => () => Promise.resolve(false),
    });
    const report = await new MockActivityEnvironment().run<[], SweepReport, typeof sweepLeftovers>(
      sweepLeftovers,
    );
    expect(report.swept.map(({ workflowId }) => workflowId).sort()).toEqual(
      [here, there].map(workflowIdOf).sort(),
    );
    expect(await Promise.all([near, far].map(shopObjects))).toEqual(found);
    expect(report.failed.map(({ where }) => where).sort()).toEqual(
      [`kubernetes/${far}`, `kubernetes/far/${near}`, 'local'].sort(),
    );
  });

  test.each([
    ['a context', () => refOf(far, 'nowhere'), /^target\.context: "nowhere" is not a context/],
    [
      'a namespace',
      () => refOf('kube-system'),
      /^target\.namespace: "kube-system" is not a namespace that these workers watch; [^;]*$/,
    ],
  ])('refuses %s that is not configured in one sentence', async (_what, ref, reason) => {
    const { kubernetes } = opened.platforms;
    const release = { version: 'v2', image: shopImage('v2') };
    await expect(kubernetes.readService(ref(), { release, way: 'beside' })).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringMatching(reason) as string,
    });
  });

  async function beginRollout(ref: ServiceRef): Promise<void> {
    const { kubernetes } = opened.platforms;
    const fence = (n: number) => ({ rolloutId: 'dead', step: n });
    await kubernetes.claim(ref, fence(1), workflowIdOf(ref), 'canary');
    await kubernetes.applyCanary(ref, fence(2), {
      release: { version: 'v2', image: shopImage('v2') },
      replicas: 1,
      readiness: { deadlineMs: 60_000 },
    });
  }
});

const workflowIdOf = ({ environment }: ServiceRef) => `rollout/${environment}/shop`;

function refOf(namespace: string, context?: string): ServiceRef {
  const target = { platform: 'kubernetes' as const, namespace, metrics: { path: '/metrics' } };
  return {
    service: 'shop',
    environment: namespace,
    target: { ...target, ...(context !== undefined && { context }) },
  };
}

async function shopIn(namespace: string) {
  await applyShop(namespace, { version: 'v1', replicas: 2, fake: true });
  return shopObjects(namespace);
}

/** The current context is that of the first name; each has the name of its namespace's key. */
async function kubeconfigOf(namespaces: Record<string, string>): Promise<string> {
  const cluster = theCluster().config().getCurrentCluster();
  const users = await Promise.all(
    Object.entries(namespaces).map(async ([name, namespace]) => ({
      name,
      user: { token: await tokenFor(namespace) },
    })),
  );
  const names = Object.keys(namespaces);
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': names[0],
    clusters: [
      {
        name: 'cluster',
        cluster: {
          server: cluster?.server,
          'certificate-authority-data': cluster?.caData,
          'certificate-authority': cluster?.caFile,
        },
      },
    ],
    users,
    contexts: names.map((name) => ({ name, context: { cluster: 'cluster', user: name } })),
  });
}

/** Of a ServiceAccount that may do anything in this namespace, and nothing elsewhere. */
async function tokenFor(namespace: string): Promise<string> {
  const { kubeconfig } = await becomeServiceAccount(namespace, 'belay');
  await theCluster()
    .config()
    .makeApiClient(RbacAuthorizationV1Api)
    .createNamespacedRoleBinding({
      namespace,
      body: {
        metadata: { name: 'belay' },
        roleRef: {
          apiGroup: 'rbac.authorization.k8s.io',
          kind: 'ClusterRole',
          name: 'cluster-admin',
        },
        subjects: [{ kind: 'ServiceAccount', name: 'belay', namespace }],
      },
    });
  return kubeconfig.getCurrentUser()?.token ?? '';
}
