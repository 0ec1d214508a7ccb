/** What experiments do to pods, on a real cluster. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPodFaultActivities } from '../../activities/chaos/pod-faults.ts';
import { openFaultPods } from '../../src/adapters/chaos/pods.ts';
import {
  openPlaybookClusters,
  type PlaybookClusters,
} from '../../src/adapters/playbooks/kubernetes/cluster.ts';
import type { PodFaultActivities, PodName } from '../../src/contracts/chaos/pod-faults.ts';
import { describeOnCluster, newNamespace, theCluster } from '../fixtures/cluster.ts';
import { eventually } from '../fixtures/eventually.ts';
import { applyObject, plainShop } from '../fixtures/shop-objects-on-cluster.ts';

describeOnCluster('pods that an experiment crashes', ['testerKubeconfig'], () => {
  const cluster = theCluster();
  const opened: PlaybookClusters[] = [];
  let namespace: string;
  let acts: PodFaultActivities;

  const open = (kubeconfig: string) => {
    const clusters = openPlaybookClusters({
      ...{ kubeconfig, contexts: [], namespaces: [namespace] },
      ...{ version: 'test', guardOf: () => (ask) => ask() },
    });
    opened.push(clusters);
    return createPodFaultActivities(openFaultPods(clusters));
  };

  const deploy = (name: string, labels: object, pod: object = {}) =>
    applyObject({
      ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { namespace, name } },
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: name } },
        template: {
          metadata: { labels: { app: name, ...labels } },
          spec: { containers: [plainShop], ...pod },
        },
      },
    });

  const selection = (app: string) => ({ namespace, labels: { app } });
  const step = { runRef: 'run@1', step: Date.now() };
  const durationMs = 30_000;
  const crash = (pod: PodName, act = step) =>
    new MockActivityEnvironment().run(() => acts.crashPod({ act, pod, durationMs }));

  const untilReady = (app: string) =>
    eventually(async () => {
      const { pods, refusals } = await acts.examinePods(selection(app));
      expect(refusals).toEqual([]);
      expect(pods).toHaveLength(2);
      return pods.map(({ pod }) => pod) as [PodName, PodName];
    }, 60_000);

  beforeAll(async () => {
    namespace = await newNamespace('crashed-pods');
    acts = open(cluster.kubeconfig);
    await deploy('web', { 'belay.dev/chaos': 'allowed' });
    await deploy('plain', {}, { hostNetwork: true, containers: [{ ...plainShop, ports: [] }] });
  });
  afterAll(() => opened.forEach((clusters) => clusters.close()));

  describe('the target', () => {
    it('is refused where nobody allows it, and on the network of the node', async () => {
      const { pods, refusals } = await eventually(async () => {
        const found = await acts.examinePods(selection('plain'));
        expect(found.refusals.join()).toContain('hostNetwork');
        return found;
      }, 60_000);
      expect(pods).toEqual([]);
      expect(refusals.join('\n')).toMatch(/its label belay.dev\/chaos is not allowed/);
    });

    it('is refused to an account without the rights', async () => {
      const { refusals } = await open(cluster.testerKubeconfig).examinePods(selection('web'));
      expect(refusals).toEqual([expect.stringMatching(/may not list pods in namespace /)]);
    });
  });

  it('die, and are replaced; an attempt that comes late ends no successor', async () => {
    const [hit, other] = await untilReady('web');
    expect(await acts.observePod(hit)).toMatchObject({ isEffective: false, isTargetRunning: true });
    await crash(hit);
    await eventually(async () => {
      expect(await acts.observePod(hit)).toMatchObject({ isEffective: true, isThere: false });
    }, 10_000);
    // Its answer was lost, so it is sent again.
    await crash(hit);
    await acts.sparePod({ act: step, pod: hit });
    const after = await untilReady('web');
    expect(await acts.observePod(hit)).toMatchObject({ isTargetRunning: true });
    expect(after.map(({ uid }) => uid)).toContain(other.uid);
    expect(after.map(({ uid }) => uid)).not.toContain(hit.uid);

    // By a run that took the pod for a present one.
    await expect(crash(hit)).rejects.toThrow('it ended by itself before it was hit');
    await acts.sparePod({ act: step, pod: hit });
    expect((await untilReady('web')).map(({ uid }) => uid)).toEqual(after.map(({ uid }) => uid));
  });

  it('are left alone by an injection that comes after its removal', async () => {
    const [pod] = await untilReady('web');
    await acts.sparePod({ act: step, pod });
    await acts.sparePod({ act: step, pod });
    await expect(crash(pod)).rejects.toMatchObject({ type: 'StaleFence' });
    expect(await acts.observePod(pod)).toMatchObject({ isEffective: false });
    const later = { ...step, step: step.step + 1 };
    await crash(pod, later);
    await eventually(async () => {
      expect(await acts.observePod(pod)).toMatchObject({ isEffective: true });
    }, 10_000);
    await acts.sparePod({ act: later, pod });
  });

  it('are hit by one run at a time, in whatever environment each has named them', async () => {
    const own = { ...step, step: step.step + 2 };
    const [hit, other] = await untilReady('web');
    await crash(hit, own);
    const theirs = { runRef: 'run-of-another-environment', step: Date.now() };
    await expect(crash(other, theirs)).rejects.toThrow(/run run@1 hits pods of ReplicaSet web-/);
    expect(await acts.observePod(other)).toMatchObject({ isEffective: false });
    const { refusals } = await acts.examinePods(selection('web'));
    expect(refusals.join('\n')).toMatch(/run run@1 hits pods of ReplicaSet web-/);

    await acts.sparePod({ act: own, pod: hit });
    await untilReady('web');
    await crash(other, theirs);
    await acts.sparePod({ act: theirs, pod: other });
    await untilReady('web');
  });
});
