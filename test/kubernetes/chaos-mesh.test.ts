/** Outages of pods by the real controller of Chaos Mesh, with the rights of deploy/kubernetes/chaos-mesh and no others. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { V1PolicyRule, V1Role } from '@kubernetes/client-node';
import { beforeAll, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { createMeshFaultActivities } from '../../activities/chaos/mesh-faults.ts';
import { createOutageSweeper } from '../../activities/chaos/outage-sweeper.ts';
import { createLeftoverActivities } from '../../activities/kernel/leftovers.ts';
import { openChaosMesh } from '../../src/adapters/chaos-mesh/chaos-mesh.ts';
import { openOutagesInClusters } from '../../src/adapters/chaos-mesh/left-outages.ts';
import { openFaultPods } from '../../src/adapters/chaos/pods.ts';
import { openPlaybookClusters } from '../../src/adapters/playbooks/kubernetes/cluster.ts';
import type { MeshFaultActivities, MeshTarget } from '../../src/contracts/chaos/mesh-faults.ts';
import { closedAfterAll } from '../fixtures/closed-after-all.ts';
import { describeOnCluster, newNamespace, theCluster } from '../fixtures/cluster.ts';
import { eventually } from '../fixtures/eventually.ts';
import { InstalledChaosMesh } from '../fixtures/installed-chaos-mesh.ts';
import { writeOverlay } from '../fixtures/overlay.ts';
import { permissionsOf } from '../fixtures/permissions-of.ts';
import { becomeServiceAccount, requestsOf } from '../fixtures/service-account.ts';
import { applyObject, plainShop } from '../fixtures/shop-objects-on-cluster.ts';

const account = 'belay-worker';
const needs = ['kubectl', 'testerKubeconfig', 'containerdSocket', 'auditLog'] as const;

describeOnCluster('an outage of pods, by a real Chaos Mesh', needs, () => {
  const cluster = theCluster();
  const open = closedAfterAll();
  let namespace: string;
  let system: string;
  let overlay: string;
  let mesh: InstalledChaosMesh;
  let acts: MeshFaultActivities;
  let sweeper: ReturnType<typeof createOutageSweeper>;
  let step = Date.now();

  beforeAll(async () => {
    const folder = await open(mkdtemp(join(tmpdir(), 'belay-chaos-mesh-')), (made) =>
      rm(made, { recursive: true, force: true }),
    );
    [system, namespace] = await Promise.all([newNamespace('chaos-mesh'), newNamespace('outages')]);
    const installing = InstalledChaosMesh.install(cluster, { namespace: system, folder });
    mesh = await open(installing, (each) => each.remove());
    overlay = await grantIn(namespace, system);
    await open(overlay, () => cluster.kubectl('delete', '-k', overlay, '--wait=false'));
    const { kubeconfig } = await becomeServiceAccount(system, account);
    const file = join(folder, 'kubeconfig');
    await writeFile(file, kubeconfig.exportConfig());
    acts = await actsAs(file);
    const clusters = await clustersAs(file);
    const left = openOutagesInClusters(clusters, 'test');
    sweeper = createOutageSweeper(left, openFaultPods(clusters), [undefined]);
    await applyObject({
      ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { namespace, name: 'web' } },
      spec: {
        ...{ replicas: 2, selector: { matchLabels: { app: 'web' } } },
        template: {
          metadata: { labels: { app: 'web', 'belay.dev/chaos': 'allowed' } },
          spec: { containers: [plainShop] },
        },
      },
    });
  }, 2_700_000);

  async function clustersAs(kubeconfig: string) {
    const clusters = openPlaybookClusters({
      ...{ kubeconfig, contexts: [], namespaces: [namespace] },
      ...{ version: 'test', guardOf: () => (ask) => ask() },
    });
    await open(clusters, (each) => each.close());
    return clusters;
  }

  async function actsAs(kubeconfig: string): Promise<MeshFaultActivities> {
    const clusters = await clustersAs(kubeconfig);
    return createMeshFaultActivities(openChaosMesh(clusters), openFaultPods(clusters), 'test');
  }

  async function grantIn(granted: string, accountIn: string): Promise<string> {
    const patch = JSON.stringify([
      { op: 'replace', path: '/subjects/0/namespace', value: accountIn },
    ]);
    const folder = await writeOverlay({
      ...{ resources: ['chaos-mesh'], namespace: granted, nameSuffix: `-${granted}` },
      patches: ['RoleBinding', 'ClusterRoleBinding'].map((kind) => ({ target: { kind }, patch })),
    });
    await cluster.kubectl('apply', '-k', folder);
    return folder;
  }

  const means = 'chaosMesh' as const;
  const examine = (as = acts, labels: Record<string, string> = { app: 'web' }) =>
    as.examineMeshPods({ selection: { namespace, labels, means }, atMostMs: 90_000 });
  const untilReady = () =>
    eventually(async () => {
      const { pods, refusals } = await examine();
      expect(refusals).toEqual([]);
      expect(pods).toHaveLength(2);
      return pods as [MeshTarget, MeshTarget];
    }, 60_000);
  const nextAct = (target: MeshTarget) => {
    step += 1;
    return { act: { runRef: 'run@1', step }, target };
  };
  type Call = ReturnType<typeof nextAct>;
  const inject = (call: Call) =>
    new MockActivityEnvironment().run(() => acts.injectOutage({ ...call, atMostMs: 90_000 }));
  const untilOut = (call: Call) =>
    eventually(async () => {
      expect(await acts.observeOutage(call)).toMatchObject({ isEffective: true, isThere: true });
    }, 30_000);
  const untilGone = (call: Call) =>
    eventually(async () => {
      const seen = await acts.observeOutage(call);
      expect(seen).toMatchObject({ isThere: false, isTargetRunning: true });
    }, 60_000);
  const applyPartition = (name: string, spec: object) =>
    applyObject({
      ...{ apiVersion: 'chaos-mesh.org/v1alpha1', kind: 'NetworkChaos' },
      ...{ metadata: { namespace, name }, spec },
    });

  it('is refused to an account without rights, with each of them named', async () => {
    const said = (await examine(await actsAs(cluster.testerKubeconfig))).refusals.join();
    expect(said).toContain('may not list pods in namespace');
    expect(said).toContain('may not create podchaos.chaos-mesh.org in namespace');
    expect(said).toContain('may not list networkchaos.chaos-mesh.org in all namespaces');
    const { refusals: ofTrack } = await examine(acts, { 'belay.dev/track': 'canary' });
    expect(ofTrack[0]).toContain('no pod of namespace');
  });

  it('is seen in the pod, taken back, and leaves nothing; a late attempt makes no other', async () => {
    const [hit] = await untilReady();
    const call = nextAct(hit);
    expect(await acts.observeOutage(call)).toMatchObject({ isEffective: false, isThere: false });
    await inject(call);
    await untilOut(call);
    // Its answer was lost, so it is sent again.
    await inject(call);
    await untilOut(call);
    await acts.removeOutage(call);
    await untilGone(call);
    await expect(inject(call)).rejects.toMatchObject({ type: 'StaleFence' });
    expect(await cluster.kubectl('-n', namespace, 'get', 'podchaos', '-o', 'name')).toBe('');
    expect((await untilReady()).map(({ pod }) => pod.uid)).toContain(hit.pod.uid);
  });

  it('is taken back by the janitor where its run was terminated, with the claim on the controller of the pod', async () => {
    const [hit] = await untilReady();
    const call = nextAct(hit);
    const workflowExecution = { workflowId: 'chaos/staging/web-pod-down', runId: 'run' };
    await new MockActivityEnvironment({ workflowExecution }).run(() =>
      acts.injectOutage({ ...call, atMostMs: 90_000 }),
    );
    await untilOut(call);
    const claims = async () => cluster.kubectl('-n', namespace, 'get', 'replicasets', '-o', 'json');
    expect(await claims()).toContain('belay.dev/chaos-claim');
    const sweep = (isAlive: boolean) => {
      const { sweepLeftovers } = createLeftoverActivities({
        sweepers: [sweeper],
        openLiveness: () => async () => isAlive,
      });
      return new MockActivityEnvironment().run(() => sweepLeftovers());
    };
    expect(await sweep(true)).toMatchObject({ swept: [], failed: [] });
    expect(await sweep(false)).toMatchObject({
      ...{ failed: [], swept: [{ what: 'outages', workflowId: workflowExecution.workflowId }] },
    });
    await untilGone(call);
    expect(await cluster.kubectl('-n', namespace, 'get', 'podchaos', '-o', 'name')).toBe('');
    expect(await claims()).not.toContain('belay.dev/chaos-claim');
  });

  it('refuses the next experiment as long as it is there, and names itself', async () => {
    const [hit] = await untilReady();
    const call = nextAct(hit);
    await inject(call);
    await untilOut(call);
    const said = (await examine()).refusals.join('\n');
    expect(said).toMatch(/PodChaos \S+\/belay-\w+ of Chaos Mesh is not over \(Injected\)/);
    expect(said).toContain('Chaos Mesh has replaced its images before');
    await acts.removeOutage(call);
    await untilGone(call);
  });

  it('goes with its pod: what Chaos Mesh says of it is not believed', async () => {
    const [hit] = await untilReady();
    const call = nextAct(hit);
    await inject(call);
    await untilOut(call);
    await cluster.kubectl('-n', namespace, 'delete', 'pod', hit.pod.name, '--grace-period=1');
    await eventually(async () => {
      const seen = await acts.observeOutage(call);
      expect(seen).toMatchObject({ isEffective: false, isThere: true });
      expect(seen.detail).toContain('the pod is gone');
      expect(seen.detail).toContain('is Injected');
    }, 30_000);
    await acts.removeOutage(call);
    await untilGone(call);
  });

  it('outlives its controller, and is gone only once that is back', async () => {
    const [hit] = await untilReady();
    const call = nextAct(hit);
    await inject(call);
    await untilOut(call);
    await mesh.kill();
    await expect(acts.removeOutage(call)).rejects.toMatchObject({ type: 'TargetUnavailable' });
    const seen = await acts.observeOutage(call);
    expect(seen).toMatchObject({ isThere: true, isTargetRunning: false });
    expect(seen.detail).toContain('waits for its controller');
    const { refusals } = await examine();
    expect(refusals.join('\n')).toMatch(/was deleted, and is still there/);
    await mesh.start();
    // As its run does: the controller may have forgotten it, and is woken.
    await eventually(() => acts.removeOutage(call), 60_000);
    await untilGone(call);
  });

  it('is refused while no controller answers', async () => {
    await untilReady();
    await mesh.kill();
    const { refusals } = await examine();
    expect(refusals).toEqual([expect.stringContaining('Chaos Mesh would not take an outage')]);
    expect(refusals.join()).toContain('failed calling webhook');
    await mesh.start();
  });

  it('is not made where a fault of somebody else has begun since it was examined', async () => {
    const [hit] = await untilReady();
    const call = nextAct(hit);
    await applyObject({
      ...{ apiVersion: 'chaos-mesh.org/v1alpha1', kind: 'PodChaos' },
      metadata: { namespace, name: 'theirs' },
      spec: {
        ...{ action: 'pod-failure', mode: 'all', duration: '10m' },
        selector: { pods: { [namespace]: [hit.pod.name] } },
      },
    });
    await eventually(async () => {
      expect((await examine()).refusals.join()).toContain('its images before');
    }, 30_000);
    await expect(inject(call)).rejects.toThrow(/PodChaos \S+\/theirs of Chaos Mesh is not over/);
    await cluster.kubectl('-n', namespace, 'delete', 'podchaos', 'theirs');
    await acts.removeOutage(call);
    await untilGone(call);
    expect(await cluster.kubectl('-n', namespace, 'get', 'podchaos', '-o', 'name')).toBe('');
  });

  it('is refused while a Workflow of somebody else may begin a fault there', async () => {
    await untilReady();
    const theirs = ['-n', namespace, 'workflow.chaos-mesh.org/theirs'] as const;
    await applyObject({
      ...{ apiVersion: 'chaos-mesh.org/v1alpha1', kind: 'Workflow' },
      metadata: { namespace, name: 'theirs' },
      spec: {
        entry: 'first',
        templates: [
          { name: 'first', templateType: 'Serial', deadline: '1h', children: ['wait', 'cut'] },
          { name: 'wait', templateType: 'Suspend', deadline: '1h' },
          {
            ...{ name: 'cut', templateType: 'PodChaos', deadline: '1m' },
            podChaos: {
              ...{ action: 'pod-failure', mode: 'all' },
              selector: { namespaces: [namespace], labelSelectors: { app: 'web' } },
            },
          },
        ],
      },
    });
    await eventually(async () => {
      const said = (await examine()).refusals.join('\n');
      expect(said).toContain(`Workflow ${namespace}/theirs of Chaos Mesh may begin a fault there`);
    }, 30_000);
    await cluster.kubectl('annotate', ...theirs, 'workflow.chaos-mesh.org/abort=true');
    await untilReady();
    await cluster.kubectl('delete', ...theirs, '--wait=false');
  });

  // The last of the faults: what it leaves of Chaos Mesh refuses every other outage.
  it('is refused beside a fault of somebody else that Chaos Mesh can neither make nor take back', async () => {
    await untilReady();
    const selector = { namespaces: [namespace], labelSelectors: { app: 'web' } };
    await applyPartition('slow', {
      ...{ action: 'delay', mode: 'all', selector, delay: { latency: '100ms' }, duration: '60s' },
    });
    await eventually(async () => {
      const said = (await examine()).refusals.join('\n');
      expect(said).toContain(`NetworkChaos ${namespace}/slow of Chaos Mesh is not over`);
    }, 30_000);
    await cluster.kubectl('-n', namespace, 'delete', 'networkchaos', 'slow', '--wait=false');
    const said = (await examine()).refusals.join('\n');
    expect(said).toContain(
      `NetworkChaos ${namespace}/slow of Chaos Mesh was deleted, and is still`,
    );
    const none = '{"metadata":{"finalizers":null}}';
    const patch = ['patch', 'networkchaos', 'slow', '--type=merge', `--patch=${none}`];
    await cluster.kubectl('-n', namespace, ...patch);
  });

  it('never needed more rights than the manifests give, and used each of them', async () => {
    const asked = (await requestsOf(system, account)).filter(({ objectRef }) => objectRef);
    expect(asked.filter(({ responseStatus }) => responseStatus?.code === 403)).toEqual([]);
    const used = asked
      .map(({ verb, objectRef: { apiGroup = '', resource } = { resource: '' } }) =>
        [verb, apiGroup, resource].join(' '),
      )
      .filter((each) => !each.includes('selfsubjectaccessreviews'));
    const granted = permissionsOf(await rulesOf(overlay));
    // The pods of this test are of a ReplicaSet.
    const others = ['statefulsets', 'daemonsets'].flatMap((kind) => [
      ...[`get apps ${kind}`, `patch apps ${kind}`],
    ]);
    expect(new Set([...used, ...others])).toEqual(new Set(granted));
  });

  async function rulesOf(folder: string): Promise<V1PolicyRule[]> {
    const documents = parseAllDocuments(await cluster.kubectl('kustomize', folder));
    return documents.flatMap((document) => (document.toJS() as V1Role).rules ?? []);
  }
});
