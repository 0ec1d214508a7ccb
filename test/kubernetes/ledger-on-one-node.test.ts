import { AppsV1Api, CoreV1Api } from '@kubernetes/client-node';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { shopImage } from '../../scripts/one-node-cluster/images/names.ts';
import { defaultTaskQueue } from '../../src/contracts/kernel/task-queues.ts';
import { rolloutWorkflowId } from '../../src/kinds/locks.ts';
import { workflowTypes } from '../../src/kinds/workflow-types.ts';
import type { RolloutReport } from '../../src/contracts/rollouts/report.ts';
import { describeOnCluster, newNamespace, theCluster } from '../fixtures/cluster.ts';
import { killContainer } from '../fixtures/container-processes.ts';
import { eventually } from '../fixtures/eventually.ts';
import { forwardTo } from '../../scripts/programs/forward.ts';
import { provideVolume } from '../fixtures/local-volume.ts';
import { writeOverlay } from '../fixtures/overlay.ts';
import { applyShop } from '../fixtures/shop.ts';
import { devServer } from '../fixtures/temporal.ts';
import { importWorkerImage, workerImage } from '../fixtures/worker-image.ts';

const token = 'a-token-of-the-tests-alone';

/** deploy/kubernetes/ledger-on-one-node as a user applies it. */
describeOnCluster(
  'Belay as pods with the ledger on a volume',
  ['kubectl', 'hostAddress', 'containerdSocket'],
  () => {
    const cluster = theCluster();
    const core = cluster.config().makeApiClient(CoreV1Api);
    const apps = cluster.config().makeApiClient(AppsV1Api);
    let temporal: TestWorkflowEnvironment;
    let system: string;
    let shop: string;
    const undos: (() => Promise<unknown>)[] = [];

    beforeAll(async () => {
      [system, shop] = await Promise.all([newNamespace('belay'), newNamespace('watched')]);
      temporal = await devServer();
      undos.push(() => temporal.teardown());
      const port = Number(temporal.address.split(':').at(-1));
      const reachable = await forwardTo(port, cluster.hostAddress);
      undos.push(() => reachable.close());
      await Promise.all([
        importWorkerImage(),
        applyShop(shop, { version: 'v1', replicas: 1 }),
        provideVolume({ namespace: system, name: 'belay-ledger' }),
      ]);
      await install(reachable.address);
    }, 300_000);

    afterAll(async () => {
      for (const undo of undos.reverse()) await undo();
    });

    test('a run is reported, and its report outlives the worker', async () => {
      const service = { service: 'shop', environment: 'test' };
      const handle = await temporal.client.workflow.start(workflowTypes.rolling, {
        workflowId: rolloutWorkflowId(service),
        taskQueue: defaultTaskQueue,
        args: [
          {
            ...{ ...service, target: { platform: 'kubernetes', namespace: shop } },
            ...{ release: { image: shopImage('v2') }, watch: 0, analysis: 'none' },
          },
        ],
      });
      const { runRef, outcome } = (await handle.result()) as RolloutReport;
      expect(outcome).toBe('Promoted');
      expect(await history()).toMatchObject([{ runRef, outcome: 'Promoted' }]);
      const { status } = await workerPod();
      await killContainer(status?.containerStatuses?.[0]?.containerID ?? '');
      await eventually(async () => {
        const restarted = (await workerPod()).status?.containerStatuses?.[0];
        expect(restarted).toMatchObject({ restartCount: 1, started: true });
      });
      expect(await history()).toMatchObject([{ runRef, outcome: 'Promoted' }]);
    });

    test('the gateway beside it reads the same ledger', async () => {
      const { items } = await core.listNamespacedPod({
        namespace: system,
        labelSelector: 'app.kubernetes.io/component=gateway',
      });
      const answer = await fetch(`http://${items[0]?.status?.podIP}:7480/rollbacks`, {
        headers: { authorization: `Bearer ${token}` },
      });
      expect([answer.status, await answer.json()]).toEqual([200, expect.anything()]);
    });

    const workerPod = async () => {
      const { items } = await core.listNamespacedPod({
        namespace: system,
        labelSelector: 'app.kubernetes.io/component=worker',
      });
      return items[0]!;
    };

    /** As a person asks who has no access to the volume. */
    async function history(): Promise<unknown[]> {
      const printed = await cluster.kubectl(
        ...['exec', 'deployment/belay-worker', `--namespace=${system}`, '--'],
        ...['/usr/local/bin/node', '/app/dist/src/cli/main.js', 'history', 'test/shop', '--json'],
      );
      return JSON.parse(printed) as unknown[];
    }

    async function install(address: string): Promise<void> {
      const subject = [{ op: 'replace', path: '/subjects/0/namespace', value: system }];
      const granted = await writeOverlay({
        resources: ['watched-namespace'],
        namespace: shop,
        patches: [{ target: { kind: 'RoleBinding' }, patch: JSON.stringify(subject) }],
      });
      const installed = await writeOverlay({
        resources: ['base'],
        components: ['ledger-on-one-node'],
        namespace: system,
        configMapGenerator: [
          {
            name: 'belay-settings',
            behavior: 'merge',
            literals: [`TEMPORAL_ADDRESS=${address}`, `BELAY_KUBERNETES_NAMESPACES=${shop}`],
          },
        ],
        secretGenerator: [{ name: 'belay-gateway', literals: [`tokens=tests ${token}`] }],
        images: [{ name: 'belay', newName: workerImage.name, newTag: workerImage.tag }],
        patches: [
          {
            target: { kind: 'Deployment' },
            patch: JSON.stringify([
              {
                op: 'add',
                path: '/spec/template/spec/containers/0/imagePullPolicy',
                value: 'Never',
              },
            ]),
          },
        ],
      });
      for (const folder of [granted, installed]) {
        await cluster.kubectl('apply', `--kustomize=${folder}`);
      }
      await Promise.all([ready('belay-worker'), ready('belay-gateway')]);
    }

    async function ready(name: string): Promise<void> {
      await eventually(async () => {
        const { status } = await apps.readNamespacedDeployment({ namespace: system, name });
        expect(status).toMatchObject({ readyReplicas: 1, replicas: 1 });
      }, 120_000);
    }
  },
);
