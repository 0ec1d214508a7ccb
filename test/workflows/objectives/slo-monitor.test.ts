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

  it('tells of many objectives of one kind in one message, and of a ledger that is away once', async () => {
    const silent = Array.from({ length: 412 }, (_, index): Violation => ({
      ...{ objective: `route-${index}`, service: 'shop', kind: 'silent', openedAtMs: 1_000 },
      reason: 'no data for 15m: Prometheus does not answer',
    }));
    const none = { met: 0, breached: 0, insufficient: 412 };
    const unjudged = { sinceMs: 61_000, why: 'the ledger is away' };
    monitor.told.length = 0;
    monitor.orders.length = 0;
    monitor.news.push(
      { violations: silent, counts: none },
      { violations: [], unjudged },
      { violations: [], unjudged },
      { violations: [], counts: none },
    );
    const run = await monitor.start('many');
    await eventually(async () => expect(monitor.orders).toHaveLength(5));
    await eventually(async () => expect(monitor.told).toHaveLength(3));
    expect(monitor.told.map(({ title }) => title)).toEqual([
      'many: 412 objectives have no data',
      'many: objectives are not judged',
      'many: objectives are judged again',
    ]);
    expect(monitor.told[0]?.text).toContain('And 402 more: belay slo status -e many');
    expect(monitor.orders.map(({ saidUnjudged = false }) => saidUnjudged)).toEqual([
      ...[false, false, true, true, false],
    ]);
    expect(monitor.orders[1]?.told).toHaveLength(412);
    await run.send('abort', { by: 'ana' });
    await run.report();
  });

  it('is the only one of its environment', async () => {
    const run = await monitor.start('alone');
    await expect(monitor.start('alone')).rejects.toThrow();
    await run.send('abort', { by: 'ana' });
    await run.report();
  });
});
