import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { violationKey, type Violation } from '../../../src/contracts/objectives/violation.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { longestStartMs } from '../../fixtures/scripted-rollouts.ts';
import { ScriptedMonitor } from '../../fixtures/scripted-monitor.ts';
import { startTimeSkippingServer } from '../../fixtures/time-skipping-server.ts';

let monitor: ScriptedMonitor;

beforeAll(async () => {
  monitor = await ScriptedMonitor.on(await startTimeSkippingServer());
}, longestStartMs);

afterAll(async () => {
  await monitor.stopWorkers();
  await monitor.env.teardown();
});

const breach: Violation = {
  ...{ objective: 'checkout', service: 'shop', kind: 'breach', openedAtMs: 1_000 },
  reason: '99.2%, and it has to be at least 99.9% over 30d',
};
const counts = { met: 0, breached: 1, insufficient: 0 };

describe('a monitor', () => {
  it('tells people of a violation once, and says to the next watch that it did', async () => {
    const closed = { ...breach, told: 'opened' as const, closedAtMs: 61_000 };
    monitor.news.push(
      { violations: [breach], counts },
      // The worker died before it had written down that people were told.
      { violations: [breach], counts },
      { violations: [closed], counts: { met: 1, breached: 0, insufficient: 0 } },
    );
    const run = await monitor.start('telling');
    await eventually(async () => expect(monitor.orders).toHaveLength(4));
    await eventually(async () => expect(monitor.told).toHaveLength(2));
    expect(monitor.told.map(({ title, severity }) => `${severity}: ${title}`)).toEqual([
      'critical: telling/shop: checkout is not met',
      'info: telling/shop: checkout is met again',
    ]);
    const key = violationKey(breach);
    expect(monitor.orders.at(-1)?.told).toEqual([
      { key, of: 'opened' },
      { key, of: 'closed' },
    ]);
    const { now } = await run.status();
    expect(now).toBe('Objectives: 1 met, 0 breached, 0 with insufficient data');
    await run.send('abort', { by: 'ana', why: 'other targets' });
    expect(await run.report()).toMatchObject({
      ...{ outcome: 'Stopped', kind: 'sloMonitor', family: 'objectives' },
      details: { told: 2, counts: { met: 1 } },
    });
  });

  it('is the only one of its environment', async () => {
    const run = await monitor.start('alone');
    await expect(monitor.start('alone')).rejects.toThrow();
    await run.send('abort', { by: 'ana' });
    await run.report();
  });
});
