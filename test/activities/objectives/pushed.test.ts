import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hourMs, minuteMs } from '../../../src/contracts/objectives/minute.ts';
import type { Violation } from '../../../src/contracts/objectives/violation.ts';
import { takePush } from '../../../src/gateway/take-push.ts';
import { monitorOf, MonitorWorld } from './monitor-world.ts';

const start = Date.UTC(2026, 10, 30, 12);
const spec = monitorOf({ source: { of: 'pushed', silentAfterMs: 5 * minuteMs } });

let world: MonitorWorld;
beforeEach(async () => {
  world = await MonitorWorld.open(start);
  // It says what it measures with its first look, and nothing can be pushed before.
  await world.watch(spec, 1);
});
afterEach(() => world.close());

/** One minute of the monitor after the other, each with what somebody has pushed of the minute before. */
async function watch(minutes: number, counts?: { total: number; bad: number }) {
  const told: Violation[] = [];
  for (let minute = 0; minute < minutes; minute++) {
    const atMs = Math.floor(world.nowMs / minuteMs) * minuteMs - minuteMs;
    if (counts !== undefined) {
      const push = { environment: 'prod', objective: 'checkout', minutes: [{ atMs, ...counts }] };
      expect(await takePush(world.store, push, world.nowMs)).toMatchObject({ of: 'taken' });
    }
    told.push(...(await world.watch(spec, 0)).violations);
    world.nowMs += minuteMs;
  }
  return told;
}

const standing = async () => (await world.store.readState('prod'))?.standings[0];

describe('an objective whose counts are pushed', () => {
  it('is judged by them', async () => {
    await watch(70, { total: 100, bad: 0 });
    expect(await standing()).toMatchObject({ verdict: 'met', value: 1 });
    const told = await watch(10, { total: 100, bad: 50 });
    expect(told.map(({ kind }) => kind)).toContain('breach');
  });

  it('has no data where nothing comes, which is told after its own limit and not after that of the monitor', async () => {
    await watch(20, { total: 100, bad: 0 });
    expect(await watch(4)).toEqual([]);
    const [told] = await watch(3);
    expect(told).toMatchObject({ kind: 'silent' });
    expect(told?.reason).toContain('nothing was pushed');
    expect((await standing())?.silence).toBe('nothing was pushed');
    expect((await standing())?.tally.badMs).toBe(0);
  });

  it('is told as silent after half a day as well, whatever a new attempt loads', async () => {
    const slow = monitorOf({ source: { of: 'pushed', silentAfterMs: 12 * hourMs } });
    await watch(20, { total: 100, bad: 0 });
    const lastMs = world.nowMs;
    const told: Violation[] = [];
    while (world.nowMs < lastMs + 13 * hourMs) {
      told.push(...(await world.watch(slow, 0)).violations);
      world.nowMs += 20 * minuteMs;
    }
    expect(told[0]).toMatchObject({ kind: 'silent' });
    expect(told[0]?.reason).toMatch(/^no data for 12h/);
    expect((told[0]?.openedAtMs ?? 0) - lastMs).toBeGreaterThanOrEqual(11.9 * hourMs);
    expect((told[0]?.openedAtMs ?? 0) - lastMs).toBeLessThan(13 * hourMs);
  });

  it('is told as silent where nothing has ever come, once it was measured for so long', async () => {
    const slow = monitorOf({ source: { of: 'pushed', silentAfterMs: 12 * hourMs } });
    const told: Violation[] = [];
    while (world.nowMs < start + 14 * hourMs) {
      const news = await world.watch(slow, 0);
      told.push(...news.violations);
      if (world.nowMs < start + 11 * hourMs) expect(told).toEqual([]);
      world.nowMs += 30 * minuteMs;
    }
    expect(told[0]).toMatchObject({ kind: 'silent' });
  });

  it('leaves out what is pushed during maintenance', async () => {
    await watch(20, { total: 100, bad: 0 });
    // The minute that is pushed next is the first one of it.
    const fromMs = Math.floor(world.nowMs / minuteMs) * minuteMs - minuteMs;
    await world.store.writeExclusion({
      ...{ id: 'm-1', environment: 'prod', why: 'New disks', by: 'ana', approvedBy: 'bo' },
      ...{ announcedAtMs: fromMs - 1, fromMs, untilMs: fromMs + 10 * minuteMs },
    });
    expect(await watch(10, { total: 100, bad: 100 })).toEqual([]);
    await watch(3, { total: 100, bad: 0 });
    expect((await standing())?.tally).toMatchObject({ excludedMs: 10 * minuteMs });
  });

  it('loses nothing that was pushed while the monitor was down', async () => {
    await watch(5, { total: 100, bad: 0 });
    for (let minute = 0; minute < 30; minute++) {
      const atMs = Math.floor(world.nowMs / minuteMs) * minuteMs - minuteMs;
      const minutes = [{ atMs, total: 100, bad: 1 }];
      await takePush(
        world.store,
        { environment: 'prod', objective: 'checkout', minutes },
        world.nowMs,
      );
      world.nowMs += minuteMs;
    }
    await watch(5, { total: 100, bad: 0 });
    const filter = { environment: 'prod', fromMs: start, untilMs: start + 2 * hourMs };
    const minutes = (await world.store.listMinutes(filter)).get('checkout') ?? [];
    expect(minutes.reduce((sum, { bad }) => sum + bad, 0)).toBe(30);
    expect((await standing())?.tally.bad).toBe(30);
  });
});
