import { afterEach, beforeEach, expect, it } from 'vitest';
import { recordDowntime } from '../../../src/cli/objectives/record-downtime.ts';
import { withdrawDowntime } from '../../../src/cli/objectives/withdraw.ts';
import { hourMs, minuteMs } from '../../../src/contracts/objectives/minute.ts';
import { updateHour } from '../../../src/policies/objectives/update-hour.ts';
import { minuteAt, objectiveOf } from '../../fixtures/objective.ts';
import { monitorOf, MonitorWorld } from './monitor-world.ts';

const start = Date.UTC(2026, 10, 30, 12);
const spec = monitorOf({ window: { of: 'rolling', lengthMs: 24 * hourMs } });

let world: MonitorWorld;
beforeEach(async () => {
  world = await MonitorWorld.open(start);
  for (let hour = 1; hour <= 12; hour++) {
    const atMs = start - hour * hourMs;
    const minutes = Array.from({ length: 60 }, (_, index) =>
      minuteAt(atMs + index * minuteMs, 100),
    );
    await world.store.updateHours('prod', [{ objective: 'checkout', atMs }], (known) =>
      updateHour(objectiveOf(), known, minutes),
    );
  }
});
afterEach(() => world.close());

it.each([
  ['an hour', 1],
  ['ten hours', 10],
])('a monitor counts downtime of %s ago that is recorded while it measures', async (_, hours) => {
  const fromMs = start - hours * hourMs + 5 * minuteMs;
  await world.watch(spec, 1);
  world.meanwhile = async () => {
    world.meanwhile = undefined;
    await recordDowntime(
      world.store,
      {
        ...{ environment: 'prod', objective: ['checkout'], zone: 'UTC' },
        why: 'The provider was down',
        from: new Date(fromMs).toISOString(),
        to: new Date(fromMs + 10 * minuteMs).toISOString(),
      },
      { by: 'ana', nowMs: world.nowMs },
    );
  };
  await world.watch(spec, 3);
  const standing = (await world.store.readState('prod'))?.standings[0];
  expect(standing?.tally).toMatchObject({ bad: 1_000, badMs: 10 * minuteMs });
});

it('a monitor counts as before once downtime is withdrawn', async () => {
  // Nothing is violated: an attempt would end with the news.
  const spec = monitorOf({ window: { of: 'rolling', lengthMs: 24 * hourMs }, target: 0.5 });
  const fromMs = start - 10 * hourMs;
  await world.watch(spec, 1);
  const { id } = await recordDowntime(
    world.store,
    {
      ...{ environment: 'prod', objective: ['checkout'], zone: 'UTC', why: 'a mistake' },
      from: new Date(fromMs).toISOString(),
      to: new Date(fromMs + 10 * minuteMs).toISOString(),
    },
    { by: 'ana', nowMs: world.nowMs },
  );
  world.meanwhile = async () => {
    world.meanwhile = undefined;
    const who = { by: 'ana', why: 'a mistake', nowMs: world.nowMs };
    await withdrawDowntime(world.store, { environment: 'prod', id }, who);
  };
  await world.watch(spec, 3);
  const standing = (await world.store.readState('prod'))?.standings[0];
  expect(standing?.tally).toMatchObject({ bad: 0, badMs: 0 });
});
