import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordDowntime } from '../../../src/cli/objectives/record-downtime.ts';
import { withdrawDowntime } from '../../../src/cli/objectives/withdraw.ts';
import { minuteMs } from '../../../src/contracts/objectives/minute.ts';
import type { Objective } from '../../../src/specs/objectives/objective.ts';
import { monitorOf, MonitorWorld } from './monitor-world.ts';

const start = Date.UTC(2026, 10, 30, 12);
const composite: Partial<Objective> = {
  ...{ name: 'shop-works', target: 0.5 },
  source: { of: 'composite', members: ['checkout', 'baskets'] },
};
const spec = monitorOf({ target: 0.5 }, { name: 'baskets', target: 0.5 }, composite);

let world: MonitorWorld;
beforeEach(async () => {
  world = await MonitorWorld.open(start);
});
afterEach(() => world.close());

const standing = async () => {
  const state = await world.store.readState('prod');
  return state?.standings.find(({ objective }) => objective === 'shop-works');
};
const ana = (nowMs: number) => ({ by: 'ana', why: 'a mistake', nowMs });

describe('a composite', () => {
  it('counts the minutes in which all of its members were good, and is judged as any objective is', async () => {
    await world.watch(spec, 10);
    const found = await standing();
    expect(found?.tally.good).toBeGreaterThanOrEqual(8);
    expect(found?.tally).toMatchObject({ bad: 0, goodMs: (found?.tally.good ?? 0) * minuteMs });
    expect(found?.budget).toBeDefined();
  });

  it('is bad where downtime of a member was recorded, and as before once that is withdrawn', async () => {
    await world.watch(spec, 10);
    const before = (await standing())?.tally.good ?? 0;
    const written = {
      ...{ environment: 'prod', objective: ['baskets'], zone: 'UTC', why: 'It was down' },
      from: new Date(start + 2 * minuteMs).toISOString(),
      to: new Date(start + 4 * minuteMs).toISOString(),
    };
    const { id } = await recordDowntime(world.store, written, ana(world.nowMs));
    await world.watch(spec, 2);
    expect((await standing())?.tally).toMatchObject({ bad: 2 });
    await withdrawDowntime(world.store, { environment: 'prod', id }, ana(world.nowMs));
    await world.watch(spec, 2);
    const after = (await standing())?.tally;
    expect(after).toMatchObject({ bad: 0 });
    expect(after?.good).toBeGreaterThan(before);
  });

  it('begins anew with other members, as nothing it counted before is about them', async () => {
    await world.watch(spec, 10);
    const other: Partial<Objective> = {
      ...{ ...composite, source: { of: 'composite', members: ['checkout', 'carts'] } },
    };
    await world.watch(monitorOf({ target: 0.5 }, { name: 'carts', target: 0.5 }, other), 5);
    expect((await standing())?.tally.good).toBeLessThan(8);
  });
});
