import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExperimentDetails } from '../../../src/contracts/chaos/details.ts';
import type { RunReport } from '../../../src/contracts/kernel/report.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { openRealTracks } from '../../fixtures/real-tracks.ts';

let shop: Awaited<ReturnType<typeof openRealTracks>>;

beforeAll(async () => {
  shop = await openRealTracks();
});

afterAll(() => shop.close());

describe('a fault of a track whose workers are all gone', () => {
  it('ends by itself with its lease, and the run says so once there is a worker again', async () => {
    const run = await shop.start({ than: '10s', effect: 10 });
    await run.until(({ now }) => now.startsWith('watch'));
    expect(await shop.late()).toBeGreaterThan(0);

    await shop.chaos.stopWorkers();
    await eventually(async () => expect(await shop.late()).toBe(0));
    expect((await shop.tracks.readFacts(shop.name))?.tracks?.fault).toMatchObject({
      ended: 'lease',
    });

    await shop.chaos.startWorkers();
    const report = (await run.report()) as unknown as RunReport<ExperimentDetails>;
    expect(report, report.reason).toMatchObject({ outcome: 'Inconclusive', undo: [] });
    expect(report.reason).toContain('its lease is over');
    const { windows, leftBehind } = report.details;
    const states = windows.map(({ metrics }) => metrics[0]?.state);
    expect([states[0], states[2], leftBehind]).toEqual(['holds', 'holds', []]);
    expect(await shop.tracks.readFacts(shop.name)).not.toHaveProperty('tracks');
  });
});
