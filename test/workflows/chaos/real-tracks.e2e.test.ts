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

describe('an experiment on one of two tracks, on a real server and a real platform', () => {
  it('delays requests of one, tells that from the other, and leaves nothing', async () => {
    const run = await shop.start({ than: '3s', effect: 10 });
    const asking = shop.countLate();
    const ended = await run.report().finally(() => asking.stop());
    const report = ended as unknown as RunReport<ExperimentDetails>;
    expect(await asking.stop()).toBeGreaterThan(0);
    expect(report, report.reason).toMatchObject({ outcome: 'Failed', undo: [] });
    expect(report.reason).toMatch(
      /^quick: experiment [\d.]+ % of [\d,]+ took longer than 3s, control [\d.]+ % of [\d,]+; .* by chance once in /,
    );
    const { windows, leftBehind, disturbed = 0 } = report.details;
    expect(windows.map(({ metrics }) => metrics[0]?.state)).toEqual(['holds', 'fails', 'holds']);
    expect(leftBehind).toEqual([]);
    expect(disturbed).toBeGreaterThan(2);
    await eventually(async () => expect(await shop.late()).toBe(0));
    expect(await shop.tracks.readFacts(shop.name)).not.toHaveProperty('tracks');
  });
});
