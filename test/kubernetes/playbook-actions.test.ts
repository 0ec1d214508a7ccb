/** The actions and probes of playbooks, on a real cluster. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cordonNode } from '../../src/adapters/playbooks/kubernetes/cordon.ts';
import { deletePod } from '../../src/adapters/playbooks/kubernetes/delete-pod.ts';
import { readEvents } from '../../src/adapters/playbooks/kubernetes/events.ts';
import { readLogs } from '../../src/adapters/playbooks/kubernetes/logs.ts';
import { patchObject } from '../../src/adapters/playbooks/kubernetes/patch.ts';
import { probeReady } from '../../src/adapters/playbooks/kubernetes/ready.ts';
import { restartWorkload } from '../../src/adapters/playbooks/kubernetes/restart.ts';
import { scaleWorkload } from '../../src/adapters/playbooks/kubernetes/scale.ts';
import {
  openPlaybookClusters,
  type PlaybookClusters,
} from '../../src/adapters/playbooks/kubernetes/cluster.ts';
import type { WorkerActionPart } from '../../src/contracts/recovery/playbooks/worker-parts.ts';
import { describeOnCluster, newNamespace, theCluster } from '../fixtures/cluster.ts';
import { eventually } from '../fixtures/eventually.ts';
import { applyObject, deployPods } from '../fixtures/shop-objects-on-cluster.ts';

type Inputs = Readonly<Record<string, unknown>>;

describeOnCluster('what playbooks do on a cluster', [], () => {
  const cluster = theCluster();
  const node = `played-${randomBytes(4).toString('hex')}`;
  let namespace: string;
  let clusters: PlaybookClusters;
  let step = Date.now();

  beforeAll(async () => {
    namespace = await newNamespace('playbook');
    clusters = openPlaybookClusters({
      ...{ kubeconfig: cluster.kubeconfig, contexts: [], namespaces: [namespace] },
      ...{ version: 'test', guardOf: () => (ask) => ask() },
    });
    await deployPods(namespace, 'web');
    const container = { env: [{ name: 'CRASH', value: '1' }] };
    await deployPods(namespace, 'crashing', { container });
    await applyObject({ apiVersion: 'v1', kind: 'Node', metadata: { name: node } });
  });
  afterAll(async () => {
    clusters.close();
    await cluster.kubectl('delete', 'node', node, '--ignore-not-found');
  });

  const field = (object: string, path: string) =>
    cluster.kubectl('-n', namespace, 'get', object, '-o', `jsonpath={${path}}`);

  /** As a playbook does it: checks, acts twice as after a lost answer, and undoes what it did. */
  function acting(part: WorkerActionPart, name: string, given: Inputs) {
    const inputs = { namespace, ...given };
    const fence = () => ({ rolloutId: 'run@1', step: (step += 1_000) });
    return {
      check: () => part.check(inputs),
      act: async () => {
        const { problems, before } = await part.check(inputs);
        expect(problems).toEqual([]);
        const call = { part: name, inputs, key: 'run@1/1', evidence: {}, before, act: fence() };
        const first = await part.perform(call);
        expect(await part.perform(call)).toEqual(first);
        const undo = () => part.undo!({ part: name, inputs, before, act: fence() });
        return { outputs: first.outputs, undo, late: () => part.perform(call) };
      },
    };
  }

  const isReady = (workload: string) => probeReady(clusters).ask({ namespace, workload });
  const untilReady = (workload: string) =>
    eventually(async () => {
      const { passed, outputs } = await isReady(workload);
      expect(passed, JSON.stringify(outputs)).toBe(true);
    }, 60_000);

  it('restarts a workload, which is ready again with new pods', async () => {
    const workload = 'deployment/web';
    await untilReady(workload);
    const before = await field('pods', '.items[?(@.metadata.labels.app=="web")].metadata.uid');
    await acting(restartWorkload(clusters), 'kubernetes.restart', { workload }).act();
    await untilReady(workload);
    // The former pod ends in its own time.
    await eventually(async () => {
      const after = await field('pods', '.items[?(@.metadata.labels.app=="web")].metadata.uid');
      expect(after.split(' ')).not.toContain(before);
    }, 60_000);
  });

  it('scales a workload, refuses an attempt that comes after the undo, and puts back the replicas', async () => {
    const inputs = { workload: 'deployment/web', replicas: 2 };
    const { outputs, undo, late } = await acting(
      scaleWorkload(clusters),
      'kubernetes.scale',
      inputs,
    ).act();
    expect(outputs).toEqual({ before: 1, replicas: 2 });
    await untilReady('deployment/web');
    await undo();
    expect(await field('deployment/web', '.spec.replicas')).toBe('1');
    await expect(late()).rejects.toMatchObject({ code: 'stale-fence' });
    const { problems } = await acting(scaleWorkload(clusters), 'kubernetes.scale', {
      ...{ workload: 'deployment/nothing', replicas: 2 },
    }).check();
    expect(problems.join()).toContain('nothing');
  });

  it('patches fields of an object, and its undo leaves what others changed meanwhile', async () => {
    const patch = { metadata: { labels: { isolated: 'yes' } }, spec: { minReadySeconds: 7 } };
    const inputs = { object: 'deployment/web', patch };
    const { undo } = await acting(patchObject(clusters), 'kubernetes.patch', inputs).act();
    expect(await field('deployment/web', '.metadata.labels.isolated')).toBe('yes');
    await cluster.kubectl('-n', namespace, 'label', 'deployment/web', 'team=shop');
    await undo();
    const labels = await field('deployment/web', '.metadata.labels');
    expect(labels).toContain('"team":"shop"');
    expect(labels).not.toContain('isolated');
    expect(await field('deployment/web', '.spec.minReadySeconds')).toBe('');
  });

  it('deletes a pod that a controller replaces, once', async () => {
    await untilReady('deployment/web');
    const [pod = ''] = (
      await field('pods', '.items[?(@.metadata.labels.app=="web")].metadata.name')
    ).split(' ');
    const { late } = await acting(deletePod(clusters), 'kubernetes.deletePod', { pod }).act();
    await untilReady('deployment/web');
    await late();
    await untilReady('deployment/web');
    await applyObject({
      ...{ apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name: 'alone' } },
      spec: {
        schedulingGates: [{ name: 'example.com/never' }],
        containers: [{ name: 'a', image: 'a' }],
      },
    });
    const alone = await acting(deletePod(clusters), '', { pod: 'alone' }).check();
    expect(alone.problems.join()).toContain('nothing would replace it');
  });

  it('cordons a node, and allows pods again unless it was cordoned before', async () => {
    const cordon = acting(cordonNode(clusters), 'kubernetes.cordon', { node });
    const { undo } = await cordon.act();
    const unschedulable = () =>
      cluster.kubectl('get', 'node', node, '-o', 'jsonpath={.spec.unschedulable}');
    expect(await unschedulable()).toBe('true');
    const again = await cordon.act();
    expect(again.outputs).toEqual({ before: true });
    await again.undo();
    expect(await unschedulable()).toBe('true');
    await undo();
    expect(await unschedulable()).toBe('');
  });

  describe('a workload that crashes', () => {
    const workload = 'deployment/crashing';

    it('is not ready, with its crashes counted', async () => {
      await eventually(async () => {
        const { passed, outputs } = await isReady(workload);
        expect(passed).toBe(false);
        expect(outputs['crashing']).toBe(1);
      }, 60_000);
    });

    it('has its logs from before the crash, and events', async () => {
      const { passed, outputs, seen } = await readLogs(clusters).ask({
        ...{ namespace, workload, previous: true, lines: 10, contains: 'CRASH is set' },
      });
      expect({ passed, pods: outputs['pods'] }, JSON.stringify(seen)).toEqual({
        ...{ passed: true, pods: 1 },
      });
      expect(outputs['text']).toContain('CRASH is set');
      const absent = { namespace, workload, lines: 10, contains: 'all is well' };
      expect(await readLogs(clusters).ask(absent)).toMatchObject({ passed: false });
      const events = await eventually(async () => {
        const read = await readEvents(clusters).ask({ namespace, about: 'crashing' });
        expect(read.outputs['warnings']).toBeGreaterThan(0);
        return read;
      }, 30_000);
      expect(events.outputs['text']).toMatch(/Warning BackOff Pod\/crashing-/);
    });
  });

  it('does not leave the namespaces of its settings, and touches no Secret', async () => {
    const elsewhere = { namespace: 'kube-system', workload: 'deployment/coredns', replicas: 0 };
    const { problems } = await scaleWorkload(clusters).check(elsewhere);
    expect(problems.join()).toContain('kube-system');
    const secret = { namespace, object: 'secret/db', patch: { data: {} } };
    expect((await patchObject(clusters).check(secret)).problems.join()).toMatch(/secret/i);
  });
});
