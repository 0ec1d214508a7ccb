import { AppsV1Api, CoreV1Api } from '@kubernetes/client-node';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { shopImage } from '../../scripts/one-node-cluster/images/names.ts';
import { startLoad } from '../../scripts/load/load-client.ts';
import { openLedger, type LedgerDatabase } from '../../src/adapters/ledger/open-ledger.ts';
import { statusQuery } from '../../src/contracts/kernel/messages.ts';
import { defaultTaskQueue } from '../../src/contracts/kernel/task-queues.ts';
import { rolloutWorkflowId } from '../../src/kinds/locks.ts';
import { workflowTypes } from '../../src/kinds/workflow-types.ts';
import type { RolloutReport } from '../../src/contracts/rollouts/report.ts';
import type { RolloutStatus } from '../../src/contracts/rollouts/status.ts';
import { describeOnCluster, newNamespace, theCluster } from '../fixtures/cluster.ts';
import { eventually } from '../fixtures/eventually.ts';
import { forwardTo, type Forward } from '../../scripts/programs/forward.ts';
import { killContainer } from '../fixtures/container-processes.ts';
import { writeOverlay } from '../fixtures/overlay.ts';
import { TestPostgres } from '../fixtures/postgres.ts';
import { applyShop, routeShop } from '../fixtures/shop.ts';
import { devServer } from '../fixtures/temporal.ts';
import { importWorkerImage, workerImage } from '../fixtures/worker-image.ts';

const needs = ['kubectl', 'hostAddress', 'containerdSocket', 'gatewayUrl'] as const;
const workers = 'app.kubernetes.io/component=worker';

/** deploy/kubernetes as a user applies it, on an image as the Dockerfile builds it. */
describeOnCluster('Belay as pods of the cluster that it works on', needs, () => {
  const cluster = theCluster();
  const core = cluster.config().makeApiClient(CoreV1Api);
  const apps = cluster.config().makeApiClient(AppsV1Api);
  let temporal: TestWorkflowEnvironment;
  /** Temporal, for pods. */
  let reachable: Forward;
  let ledger: LedgerDatabase;
  let ledgerUrl: string;
  let system: string;
  let shop: string;
  let url: string;
  const undos: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    [system, shop] = await Promise.all([newNamespace('belay'), newNamespace('watched')]);
    temporal = await devServer();
    undos.push(() => temporal.teardown());
    const port = Number(temporal.address.split(':').at(-1));
    reachable = await forwardTo(port, cluster.hostAddress);
    undos.push(() => reachable.close());
    ledgerUrl = await provideLedger();
    ledger = openLedger({ home: '/nowhere', ledger: { url: ledgerUrl, keepMs: Infinity } });
    undos.push(() => ledger.close());
    await Promise.all([importWorkerImage(), applyShop(shop, { version: 'v1', replicas: 4 })]);
    url = await routeShop(shop);
    await install();
  }, 400_000);

  afterAll(async () => {
    for (const undo of undos.reverse()) await undo();
  });

  const pods = async () =>
    (await core.listNamespacedPod({ namespace: system, labelSelector: workers })).items;

  test('two workers are ready, under the hardened security that their namespace enforces', async () => {
    const { metadata } = await core.readNamespace({ name: system });
    expect(metadata?.labels).toMatchObject({ 'pod-security.kubernetes.io/enforce': 'restricted' });
    const answers = (await pods()).map(({ status }) => healthOf(status?.podIP ?? ''));
    const workers = { acts: 'RUNNING', watches: 'RUNNING', alerts: 'RUNNING' };
    const ready = { code: 200, status: 'ready', workers };
    expect(await Promise.all(answers)).toEqual([ready, ready]);
  });

  test('a canary is promoted although every worker is killed in the middle of a hold', async () => {
    const load = startLoad({ url, ratePerSecond: 50, keepAlive: false });
    const handle = await start({
      release: { image: shopImage('v2') },
      stages: [
        { weight: 25, hold: '20s' },
        { weight: 50, hold: '5s' },
      ],
      // How much of the hold is seen depends on how fast a pod starts again on this machine.
      analysis: 'none',
    });
    await eventually(async () => {
      const status = await handle.query<RolloutStatus>(statusQuery);
      expect(status).toMatchObject({ phase: 'holding', weight: 25 });
    }, 60_000);
    for (const { status } of await pods()) {
      await killContainer(status?.containerStatuses?.[0]?.containerID ?? '');
    }
    await eventually(async () => {
      const { outcome, phase, now } = await handle.query<RolloutStatus>(statusQuery);
      if (outcome === undefined) throw new Error(`still ${phase}: ${now}`);
    }, 180_000);
    const report = (await handle.result()) as RolloutReport;
    expect(report.outcome).toBe('Promoted');
    expect((await load.stop()).lost).toBe(0);
    const ends = (await pods()).map(({ status }) => status?.containerStatuses?.[0]?.lastState);
    const killed = { terminated: expect.objectContaining({ exitCode: 137 }) };
    expect(ends).toEqual([killed, killed]);
    const { spec } = await apps.readNamespacedDeployment({ namespace: shop, name: 'shop' });
    expect(spec?.template.spec?.containers[0]?.image).toBe(shopImage('v2'));
    const reports = await ledger.list();
    expect(reports.map(({ runRef }) => runRef)).toEqual([report.runRef]);
  });

  test('a worker that is told to go says so, finishes, and is gone before its time', async () => {
    const [pod] = await pods();
    const name = pod?.metadata?.name ?? '';
    await ready();
    const startedMs = performance.now();
    await core.deleteNamespacedPod({ namespace: system, name });
    const codes: unknown[] = [];
    for (;;) {
      const answer = await healthOf(pod?.status?.podIP ?? '').catch(() => undefined);
      if (answer === undefined) break;
      if (answer.status === 'draining') codes.push(answer.code);
    }
    expect(new Set(codes)).toEqual(new Set([503]));
    await eventually(async () => {
      const names = (await pods()).map(({ metadata }) => metadata?.name);
      expect(names).not.toContain(name);
    }, 60_000);
    const graceMs = (pod?.spec?.terminationGracePeriodSeconds ?? 0) * 1000;
    expect(performance.now() - startedMs).toBeLessThan(graceMs - 5_000);
  });

  const start = (spec: object) => {
    const service = { service: 'shop', environment: 'test' };
    const router = { gatewayApi: { route: 'shop' } };
    return temporal.client.workflow.start(workflowTypes.canary, {
      workflowId: rolloutWorkflowId(service),
      taskQueue: defaultTaskQueue,
      args: [{ ...service, target: { platform: 'kubernetes', namespace: shop, router }, ...spec }],
    });
  };

  /** A PostgreSQL of this machine, for pods. */
  async function provideLedger(): Promise<string> {
    const postgres = await TestPostgres.start();
    if (postgres === undefined) throw new Error('no PostgreSQL (Debian: postgresql-15)');
    undos.push(() => postgres.stop());
    const { address, close } = await forwardTo(postgres.port, cluster.hostAddress);
    undos.push(() => close());
    return (await postgres.newDatabase('belay')).replace(`127.0.0.1:${postgres.port}`, address);
  }

  async function install(): Promise<void> {
    const subject = [{ op: 'replace', path: '/subjects/0/namespace', value: system }];
    const granted = await writeOverlay({
      resources: ['watched-namespace'],
      namespace: shop,
      patches: [{ target: { kind: 'RoleBinding' }, patch: JSON.stringify(subject) }],
    });
    const noRegistry = '/spec/template/spec/containers/0/imagePullPolicy';
    const installed = await writeOverlay({
      resources: ['base'],
      namespace: system,
      configMapGenerator: [
        {
          name: 'belay-settings',
          behavior: 'merge',
          literals: [
            `TEMPORAL_ADDRESS=${reachable.address}`,
            `BELAY_KUBERNETES_NAMESPACES=${shop}`,
          ],
        },
      ],
      secretGenerator: [{ name: 'belay-ledger', literals: [`BELAY_LEDGER_URL=${ledgerUrl}`] }],
      images: [{ name: 'belay', newName: workerImage.name, newTag: workerImage.tag }],
      patches: [
        {
          target: { kind: 'Deployment' },
          patch: JSON.stringify([{ op: 'add', path: noRegistry, value: 'Never' }]),
        },
      ],
    });
    for (const folder of [granted, installed]) {
      await cluster.kubectl('apply', `--kustomize=${folder}`);
    }
    await ready();
  }

  async function ready(): Promise<void> {
    await eventually(async () => {
      const { status } = await apps.readNamespacedDeployment({
        namespace: system,
        name: 'belay-worker',
      });
      expect(status?.readyReplicas).toBe(2);
      expect(await pods()).toHaveLength(2);
    }, 90_000);
  }
});

async function healthOf(address: string): Promise<{ code: number; status: string }> {
  const answer = await fetch(`http://${address}:8080/health/ready`, {
    signal: AbortSignal.timeout(2_000),
  });
  return { code: answer.status, ...((await answer.json()) as { status: string }) };
}
