import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExperimentDetails } from '../../../src/contracts/chaos/details.ts';
import type { RunReport } from '../../../src/contracts/kernel/report.ts';
import { openRealTracks } from '../../fixtures/real-tracks.ts';

let shop: Awaited<ReturnType<typeof openRealTracks>>;

beforeAll(async () => {
  shop = await openRealTracks();
});

afterAll(() => shop.close());

describe('one of two replicas that is frozen, on a real platform', () => {
  it('has failed those whose requests hang in it, although nobody answers them while it is', async () => {
    const run = await shop.start(
      { than: '1500ms', effect: 10 },
      {
        fault: { type: 'freeze' },
        target: { tracks: { service: 'shop', share: '50%', mostRequests: 5_000, replicas: 2 } },
        duration: '15s',
      },
    );
    const report = (await run.report()) as unknown as RunReport<ExperimentDetails>;
    expect(report, report.reason).toMatchObject({ outcome: 'Failed', undo: [] });
    expect(report.reason).toMatch(
      /^quick: experiment [\d.]+ % of [\d,]+ took longer than 1.5s, control [\d.]+ % of [\d,]+; /,
    );
    expect(await shop.tracks.readFacts(shop.name)).not.toHaveProperty('tracks');
  });
});
