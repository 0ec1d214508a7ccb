import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CampaignDetails } from '../../../src/contracts/chaos/campaign-details.ts';
import type { RunReport } from '../../../src/contracts/kernel/report.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { ScriptedChaos } from '../../fixtures/scripted-chaos.ts';
import { absentAgent } from '../../fixtures/scripted-hosts.ts';
import { ScriptedRun } from '../../fixtures/scripted-run.ts';
import { devServer } from '../../fixtures/temporal.ts';

/** So long a run tries to remove a fault whose end by itself nobody saw, and as long again on a busy machine. */
const patienceMs = 240_000;

let chaos: ScriptedChaos;

beforeAll(async () => {
  chaos = await ScriptedChaos.on(await devServer());
});

afterAll(() => chaos.stop());

describe('a campaign, on a real server', () => {
  it('begins no other experiment after one whose fault somebody gave up to remove', async () => {
    const hosts = await chaos.hosts();
    hosts.isWatchOpen = true;
    for (const host of ['web-1', 'web-2']) {
      hosts.script('revertLease', host, ...Array<Error>(1_000).fill(absentAgent(host)));
    }
    const three = ['first', 'second', 'third'].map((experiment) => ({ experiment }));
    const run = await chaos.startCampaign(hosts, three, { stopAfter: 'none' });
    await eventually(async () => expect(hosts.faulted.size).toBe(1));
    const first = new ScriptedRun(chaos.env.client.workflow.getHandle(`chaos/${hosts.name}/first`));
    await first.handle.cancel();
    await eventually(async () => {
      const { phase, now } = await first.status();
      expect(phase, now).toBe('undo-failed');
    }, patienceMs);
    await first.send('giveUp', { by: 'ana', why: 'web-1 is broken' });
    const report = (await run.report()) as unknown as RunReport<CampaignDetails>;
    const { rows, score } = report.details;
    expect(rows.map(({ experiment, outcome }) => [experiment, outcome])).toEqual([
      ['first', 'UndoFailed'],
    ]);
    expect(report).toMatchObject({
      outcome: 'LeftBehind',
      notes: ['2 of 3 were not run: first ended as UndoFailed'],
    });
    expect([score.passed, score.failed]).toEqual([0, expect.closeTo(1 / 3)]);
  });
});
