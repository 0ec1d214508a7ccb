/** A whole experiment on two tracks of a Service of a real cluster, by a real Temporal server. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTrackFaultActivities } from '../../activities/chaos/track-faults.ts';
import { createTrackWatchActivities } from '../../activities/chaos/track-watch.ts';
import type { ExperimentDetails } from '../../src/contracts/chaos/details.ts';
import type { RunReport } from '../../src/contracts/kernel/report.ts';
import { describeOnCluster } from '../fixtures/cluster.ts';
import { eventually } from '../fixtures/eventually.ts';
import { ScriptedChaos } from '../fixtures/scripted-chaos.ts';
import { devServer } from '../fixtures/temporal.ts';
import { openTracksOnCluster } from '../fixtures/tracks-on-cluster.ts';

const needs = ['kubectl', 'containerdSocket', 'auditLog'] as const;
const delayMs = 2_000;

describeOnCluster('an experiment on two tracks of a Service of a real cluster', needs, () => {
  let shop: Awaited<ReturnType<typeof openTracksOnCluster>>;

  beforeAll(async () => {
    shop = await openTracksOnCluster();
  }, 400_000);

  afterAll(() => shop.close());

  const untilLate = () =>
    eventually(async () => expect(await shop.late(30, delayMs)).toBeGreaterThan(0), 30_000);

  const untilNotLate = () =>
    eventually(async () => expect(await shop.late(30, delayMs)).toBe(0), 60_000);

  const untilAsBefore = (before: object) =>
    eventually(async () => expect(await shop.objects()).toEqual(before), 60_000);

  it('passes judgement, and leaves nothing also where its workers die while the fault is there and come back', async () => {
    const before = await shop.objects();
    const load = shop.load(60);
    const chaos = await ScriptedChaos.on(await devServer(), {
      ...createTrackFaultActivities(shop.tracks),
      ...createTrackWatchActivities(shop.tracks),
    });
    try {
      const hosts = await chaos.hosts();
      const start = (more: object = {}) =>
        chaos.start(hosts, {
          services: ['shop'],
          target: {
            tracks: {
              ...{ service: 'shop', kubernetes: { namespace: shop.namespace } },
              ...{ share: '16%', mostRequests: 5_000 },
            },
          },
          fault: { type: 'latency', delay: `${delayMs}ms` },
          ...{ duration: '15s', steadyState: '10s', every: '500ms', stopConditions: 'none' },
          hypothesis: { quick: { slowAgainstControl: { than: '1s', effect: 10 }, atMost: '5%' } },
          ...more,
        });
      const first = (await (await start()).report()) as unknown as RunReport<ExperimentDetails>;
      expect(first, first.reason).toMatchObject({ outcome: 'Failed', undo: [] });
      expect(first.reason).toMatch(/^quick: experiment [\d.]+ % of [\d,]+ took longer than 1s/);
      const { windows, leftBehind } = first.details;
      expect(windows.map(({ metrics }) => metrics[0]?.state)).toEqual(['holds', 'fails', 'holds']);
      expect(leftBehind).toEqual([]);
      await untilAsBefore(before);

      const run = await start({
        hypothesis: { quick: { slowAgainstControl: { than: '30s', effect: 10 }, atMost: '5%' } },
      });
      await run.until(({ now }) => now.startsWith('watch'));
      await untilLate();
      await chaos.stopWorkers();
      await untilNotLate();
      await chaos.startWorkers();
      const second = (await run.report()) as unknown as RunReport<ExperimentDetails>;
      expect(second.details.leftBehind, second.reason).toEqual([]);
      expect(second.outcome, second.reason).toBe('Inconclusive');
      await untilAsBefore(before);
      const { lost, problems } = await load.stop();
      expect(lost, problems.join('\n')).toBe(0);
    } finally {
      await chaos.stop();
    }
  });
});
