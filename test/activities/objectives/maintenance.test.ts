import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Exclusion } from '../../../src/contracts/objectives/exclusion.ts';
import { hourMs, minuteMs } from '../../../src/contracts/objectives/minute.ts';
import type { WatchOrder } from '../../../src/contracts/objectives/monitor.ts';
import { violationKey, type Violation } from '../../../src/contracts/objectives/violation.ts';
import { monitorOf, MonitorWorld } from './monitor-world.ts';

const start = Date.UTC(2026, 10, 30, 12);
const spec = monitorOf();
const all = { environment: 'prod', fromMs: start - hourMs, untilMs: start + 24 * hourMs };

let world: MonitorWorld;
let told: Violation[];
beforeEach(async () => {
  world = await MonitorWorld.open(start);
  told = [];
});
afterEach(() => world.close());

/** As the run does: what there is to tell ends an attempt, and the next one goes on. */
async function watchUntil(minute: number): Promise<void> {
  const endMs = start + minute * minuteMs;
  let last: WatchOrder['told'] = [];
  while (world.nowMs < endMs) {
    const minutes = Math.ceil((endMs - world.nowMs) / minuteMs);
    const { violations } = await world.watch(spec, minutes, last);
    told.push(...violations);
    last = violations.map((each) => ({
      ...{ key: violationKey(each), of: each.closedAtMs === undefined ? 'opened' : 'closed' },
    }));
  }
}

/** 100 requests a minute, all of which fail from one minute until another. */
function failBetween(fromMinute: number, untilMinute: number): void {
  world.countedAt = (atMs) => {
    const minutes = (atMs - start) / minuteMs;
    const failed = Math.min(minutes, untilMinute) - fromMinute;
    return {
      pod: { sinceMs: 1, total: (minutes + 1e4) * 100, bad: Math.max(0, failed) * 100 },
    };
  };
}

function maintenance(fromMinute: number, untilMinute: number, more: Partial<Exclusion> = {}) {
  return world.store.writeExclusion({
    ...{ id: 'm-1', environment: 'prod', why: 'New disks', by: 'ana', approvedBy: 'bo' },
    ...{ announcedAtMs: start, approvedAtMs: world.nowMs, ...more },
    ...{ fromMs: start + fromMinute * minuteMs, untilMs: start + untilMinute * minuteMs },
  });
}

async function standing() {
  return (await world.store.readState('prod'))?.standings[0];
}

describe('a monitor during maintenance', () => {
  it('leaves out what was approved a minute before it began, though it measures without a pause', async () => {
    failBetween(70, 90);
    await world.watch(spec, 69);
    await maintenance(70, 90);
    await watchUntil(100);
    expect(told).toEqual([]);
    expect(await standing()).toMatchObject({ verdict: 'met', value: 1 });
    expect((await standing())?.tally).toMatchObject({ excludedMs: 20 * minuteMs, bad: 0 });
  });

  it('counts what fails after its end: it ends by itself', async () => {
    failBetween(70, 95);
    await maintenance(70, 90);
    await watchUntil(100);
    expect(told).toMatchObject([{ kind: 'breach' }]);
    expect((await standing())?.tally.bad).toBe(500);
  });

  it('counts everything where nobody has approved it', async () => {
    failBetween(70, 90);
    await maintenance(70, 90, { approvedBy: undefined } as unknown as Exclusion);
    await watchUntil(80);
    expect(told).toMatchObject([{ kind: 'breach' }]);
    expect((await standing())?.tally.excludedMs).toBe(0);
  });

  it('charges nobody with what failed in it', async () => {
    failBetween(70, 95);
    await maintenance(70, 90);
    await watchUntil(110);
    const spending = await world.store.listSpending(all);
    expect(spending.reduce((sum, { bad }) => sum + bad, 0)).toBe(500);
  });

  it('tells of no silence that was announced, and of one that goes on after it', async () => {
    await watchUntil(70);
    await maintenance(71, 100);
    world.sourceFailure = 'Prometheus is being moved';
    await watchUntil(110);
    expect(told).toEqual([]);
    await watchUntil(125);
    expect(told).toMatchObject([{ kind: 'silent' }]);
  });
});
