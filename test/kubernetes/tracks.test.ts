/** Two tracks of a Service of a real cluster, by a pod of Belay that divides its requests. */
import { MockActivityEnvironment } from '@temporalio/testing';
import type { V1Role } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { createFrontSweeper } from '../../activities/chaos/front-sweeper.ts';
import { createTrackFaultActivities } from '../../activities/chaos/track-faults.ts';
import { createLeftoverActivities } from '../../activities/kernel/leftovers.ts';
import type { TracksState } from '../../src/contracts/chaos/service-tracks.ts';
import type {
  ExamineServiceCall,
  ServiceExamined,
} from '../../src/contracts/chaos/track-faults.ts';
import { describeOnCluster, theCluster } from '../fixtures/cluster.ts';
import { killContainer } from '../fixtures/container-processes.ts';
import { eventually } from '../fixtures/eventually.ts';
import { permissionsOf } from '../fixtures/permissions-of.ts';
import { requestsOf } from '../fixtures/service-account.ts';
import { applyObject } from '../fixtures/shop-objects-on-cluster.ts';
import { account, openTracksOnCluster } from '../fixtures/tracks-on-cluster.ts';

const needs = ['kubectl', 'containerdSocket', 'auditLog'] as const;
const delayMs = 2_000;
const share = 0.16;

describeOnCluster('two tracks of a Service of a real cluster', needs, () => {
  const cluster = theCluster();
  let shop: Awaited<ReturnType<typeof openTracksOnCluster>>;
  let step = Date.now();

  beforeAll(async () => {
    shop = await openTracksOnCluster();
  }, 400_000);

  afterAll(() => shop.close());

  const nextFence = (rolloutId = 'run@1') => ({ rolloutId, step: (step += 1) });

  const order = {
    ...{ share, replicas: 1, boundsMs: [delayMs / 2] },
    ...{ keepMs: 60_000, longestMs: 600_000 },
  };

  async function open(fence: ReturnType<typeof nextFence>, more: Partial<typeof order> = {}) {
    await shop.tracks.openTracks(shop.name, { ...order, fence, ...more }, 'chaos/demo/shop-slow');
    await eventually(async () => {
      const facts = await shop.tracks.keepTracks(shop.name, fence);
      expect(facts?.tracks, JSON.stringify(facts)).toMatchObject({ isRouted: true });
    }, 90_000);
  }

  const latency = (of: ReturnType<typeof nextFence>, forMs = 30_000) => ({
    ...{ fence: nextFence(of.rolloutId), forMs, durationMs: 30_000, mostRequests: 5_000 },
    fault: { type: 'latency', delayMs, jitterMs: 0 } as const,
  });

  const examine = (more: Partial<ExamineServiceCall> = {}) => {
    const { examineService } = createTrackFaultActivities(shop.tracks);
    const { place } = shop.name;
    const call: ExamineServiceCall = {
      environment: 'demo',
      tracks: { service: 'shop', kubernetes: place, share, mostRequests: 500, replicas: 1 },
      fault: { type: 'latency', delayMs, jitterMs: 0 },
      ...{ steadyStateMs: 30_000, durationMs: 60_000, hypothesis: [], ...more },
    };
    const examining = new MockActivityEnvironment().run(() => examineService(call));
    return examining as Promise<ServiceExamined>;
  };

  const untilLate = () =>
    eventually(async () => expect(await shop.late(30, delayMs)).toBeGreaterThan(0), 30_000);

  const untilNotLate = () =>
    eventually(async () => expect(await shop.late(30, delayMs)).toBe(0), 60_000);

  /** Nothing is left but what was there before. */
  const untilAsBefore = (before: object) =>
    eventually(async () => expect(await shop.objects()).toEqual(before), 60_000);

  it('delay the requests of one track alone, and leave everything as it was; no request is lost', async () => {
    expect(await examine()).toMatchObject({ refusals: [] });
    const before = await shop.objects();
    const loads = [shop.load(60), shop.load(30, true)];
    const fence = nextFence();
    await open(fence);
    const injected = latency(fence);
    await shop.tracks.injectFault(shop.name, injected);
    // Its answer was lost, so it is sent again.
    await shop.tracks.injectFault(shop.name, injected);
    await eventually(async () => {
      const { control, experiment } = (await tracksOf(fence)).fault!.since;
      expect(control.requests).toBeGreaterThan(30);
      expect(experiment.slower[0]).toBeGreaterThan(30);
      expect(control.slower[0]).toBeLessThan(control.requests / 2);
    }, 60_000);
    await shop.tracks.removeFault(shop.name, injected.fence);
    await untilNotLate();
    await expect(shop.tracks.injectFault(shop.name, injected)).rejects.toMatchObject({
      code: 'stale-fence',
    });
    await shop.tracks.closeTracks(shop.name, fence);
    await untilAsBefore(before);
    for (const load of loads) {
      const { lost, problems } = await load.stop();
      expect(lost, problems.join('\n')).toBe(0);
    }
  });

  async function tracksOf(fence: ReturnType<typeof nextFence>): Promise<TracksState> {
    const { tracks } = (await shop.tracks.keepTracks(shop.name, fence)) ?? {};
    if (tracks === undefined) throw new Error('the tracks are gone');
    return tracks;
  }

  it('are refused to a second run while they are there, which is told whose they are', async () => {
    const before = await shop.objects();
    const fence = nextFence();
    await open(fence);
    const other = { ...order, fence: nextFence('run@2') };
    await expect(shop.tracks.openTracks(shop.name, other, 'chaos/demo/other')).rejects.toThrow(
      'tracks of run run@1 are there',
    );
    expect((await examine()).refusals.join()).toContain('of run run@1');
    // Whoever is not of the run closes nothing.
    await shop.tracks.closeTracks(shop.name, other.fence);
    expect((await tracksOf(fence)).isRouted).toBe(true);
    await shop.tracks.closeTracks(shop.name, fence);
    await untilAsBefore(before);
  });

  it('are refused with every reason before anything is made', async () => {
    const { namespace } = shop;
    const labels = { app: 'shop' };
    await applyObject({
      ...{ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget' },
      metadata: { namespace, name: 'shop' },
      spec: { minAvailable: 1, selector: { matchLabels: labels } },
    });
    await applyObject({
      ...{ apiVersion: 'v1', kind: 'Service', metadata: { namespace, name: 'shop-metrics' } },
      spec: { selector: labels, ports: [{ port: 9090 }] },
    });
    const { refusals } = await examine({
      tracks: {
        ...{ service: 'shop', kubernetes: shop.name.place, share: 0.4 },
        ...{ mostRequests: 500, replicas: 1 },
      },
    });
    const said = refusals.join('\n');
    expect(said).toContain('PodDisruptionBudget shop would count the pod of Belay');
    expect(said).toContain('Service shop-metrics would send requests to the pod of Belay');
    expect(said).toContain('write share: 16.6% or less');
    expect(await shop.front()).toBeUndefined();
    await cluster.kubectl('-n', namespace, 'delete', 'poddisruptionbudget', 'shop');
    await cluster.kubectl('-n', namespace, 'delete', 'service', 'shop-metrics');
  });

  it('have a fault that ends with its lease, and end themselves, where every worker is dead', async () => {
    const before = await shop.objects();
    const load = shop.load(30);
    const fence = nextFence();
    await open(fence, { keepMs: 15_000 });
    await shop.tracks.injectFault(shop.name, latency(fence, 8_000));
    await untilLate();
    // From here on nobody asks for anything.
    await untilNotLate();
    await eventually(async () => {
      expect((await shop.front())?.status?.phase).toBe('Succeeded');
    }, 90_000);
    const { lost, problems } = await load.stop();
    expect(lost, problems.join('\n')).toBe(0);
    // What has ended is in nobody's way.
    expect((await examine()).refusals).toEqual([]);
    const next = nextFence('run@2');
    await open(next);
    await shop.tracks.closeTracks(shop.name, next);
    await untilAsBefore(before);
  });

  it('end, and say why, where a pod does not allow experiments any more; no request is lost', async () => {
    const before = await shop.objects();
    const load = shop.load(60);
    const fence = nextFence();
    await open(fence);
    await shop.allow('no');
    await eventually(async () => {
      const facts = await shop.tracks.keepTracks(shop.name, fence);
      expect(facts?.ended).toContain('do not allow experiments any more');
    }, 30_000);
    await shop.allow();
    // It is told by the pod of Belay itself, also once that has ended.
    await eventually(async () => {
      expect((await shop.front())?.status?.phase).toBe('Succeeded');
    }, 60_000);
    const facts = await shop.tracks.keepTracks(shop.name, fence);
    expect(facts?.ended).toContain('do not allow experiments any more');
    await shop.tracks.closeTracks(shop.name, fence);
    await untilAsBefore(before);
    const { lost, problems } = await load.stop();
    expect(lost, problems.join('\n')).toBe(0);
  });

  it('are gone with the fault where their pod is killed, and the service answers as before', async () => {
    const before = await shop.objects();
    const fence = nextFence();
    await open(fence);
    await shop.tracks.injectFault(shop.name, latency(fence));
    await untilLate();
    const { status } = (await shop.front()) ?? {};
    await killContainer(status?.containerStatuses?.[0]?.containerID ?? '');
    await untilNotLate();
    await eventually(async () => {
      expect(await shop.tracks.keepTracks(shop.name, fence)).not.toHaveProperty('tracks');
    }, 30_000);
    // Also now an attempt that is late finds nothing to do it to.
    await expect(shop.tracks.injectFault(shop.name, latency(fence))).rejects.toThrow(
      'the tracks are not there any more',
    );
    await shop.tracks.closeTracks(shop.name, fence);
    await untilAsBefore(before);
  });

  it('are taken away by the janitor where their run was terminated, and those of a living run are not', async () => {
    const before = await shop.objects();
    const fence = nextFence();
    await open(fence);
    const sweep = (isAlive: boolean) => {
      const { sweepLeftovers } = createLeftoverActivities({
        sweepers: [
          createFrontSweeper(shop.left, { contexts: [undefined], namespaces: [shop.namespace] }),
        ],
        openLiveness: () => async () => isAlive,
      });
      return new MockActivityEnvironment().run(() => sweepLeftovers());
    };
    expect(await sweep(true)).toMatchObject({ swept: [], failed: [] });
    expect(await shop.front()).toBeDefined();
    expect(await sweep(false)).toMatchObject({
      swept: [{ what: 'tracks', workflowId: 'chaos/demo/shop-slow', runRef: 'run@1' }],
    });
    await untilAsBefore(before);
  });

  it('never needed more rights than the manifests give, and used each of them', async () => {
    const asked = (await requestsOf(shop.system, account)).filter(({ objectRef }) => objectRef);
    expect(asked.filter(({ responseStatus }) => responseStatus?.code === 403)).toEqual([]);
    const used = asked
      .map(({ verb, objectRef: { apiGroup = '', resource } = { resource: '' } }) =>
        [verb, apiGroup, resource].join(' '),
      )
      .filter((each) => !each.includes('selfsubjectaccessreviews'));
    const documents = parseAllDocuments(await cluster.kubectl('kustomize', shop.overlay));
    const rules = documents.flatMap((document) => (document.toJS() as V1Role).rules ?? []);
    // The secret of a pod goes with it; one that an earlier pod has left is rare.
    const unusual = 'delete  secrets';
    expect(new Set([...used, unusual])).toEqual(new Set(permissionsOf(rules)));
  });
});
