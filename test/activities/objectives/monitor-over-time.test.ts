import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hourMs, minuteMs, minuteOf } from '../../../src/contracts/objectives/minute.ts';
import { updateHour } from '../../../src/policies/objectives/update-hour.ts';
import { minuteAt } from '../../fixtures/objective.ts';
import { failingFrom, monitorOf, MonitorWorld } from './monitor-world.ts';

const start = Date.UTC(2026, 10, 30, 12);

describe('a monitor over hours and weeks', () => {
  let world: MonitorWorld;
  beforeEach(async () => {
    world = await MonitorWorld.open(start);
  });
  afterEach(() => world.close());

  const spec = monitorOf();

  it('judges nothing by what was counted before its objective was measured in another way', async () => {
    await world.watch(spec, 70);
    const source = { of: 'prometheus', total: 'requests_total' } as const;
    const changed = { ...source, part: { of: 'bad', selector: 'all_failures_total' } } as const;
    await world.watch(monitorOf({ source: changed }), 10);
    const [standing] = (await world.store.readState('prod'))?.standings ?? [];
    expect(standing?.verdict).toBe('insufficient');
    expect(standing?.tally.good).toBeLessThanOrEqual(1_000);
    expect(standing?.tally.unknownMs).toBeGreaterThanOrEqual(50 * minuteMs);
  });

  it('judges nothing by what Prometheus counted once the counts are pushed instead', async () => {
    await world.watch(spec, 70);
    await world.watch(monitorOf({ source: { of: 'pushed' } }), 10);
    const [standing] = (await world.store.readState('prod'))?.standings ?? [];
    expect(standing?.verdict).toBe('insufficient');
    expect(standing?.tally.good).toBe(0);
  });

  it('reads a backlog oldest first, all objectives of a moment together', async () => {
    const many = monitorOf({ name: 'one' }, { name: 'two' }, { name: 'three' });
    await world.watch(many, 3);
    world.nowMs += 5 * hourMs;
    world.asked.length = 0;
    world.mostOpen = 0;
    await world.watch(many, 1);
    expect(world.mostOpen).toBe(3);
    const [newest, ...rest] = [...new Set(world.asked)];
    expect(newest).toBeGreaterThan(rest[0] ?? Infinity);
    const backlog = rest.filter((atMs) => atMs < (newest ?? 0));
    expect(backlog.length).toBeGreaterThan(290);
    expect(backlog).toEqual([...backlog].sort((one, other) => one - other));
  });

  it('begins anew after weeks, says so, and does not divide what nobody has measured', async () => {
    await world.watch(spec, 5);
    const before = await world.minutes();
    world.nowMs += 21 * 24 * hourMs;
    await world.watch(spec, 5);
    const filter = { environment: 'prod', fromMs: start, untilMs: world.nowMs };
    const all = (await world.store.listMinutes(filter)).get('checkout') ?? [];
    const gap = all.filter(({ why }) => why?.startsWith('nobody has measured for'));
    expect(gap).toHaveLength(1);
    expect(gap[0]).toMatchObject({ quality: 'none', good: 0, bad: 0 });
    expect(all.length).toBeLessThan(before.length + 400);
    expect(all.every(({ good }) => good <= 100)).toBe(true);
  });

  it('keeps no reading of an objective that it no longer measures', async () => {
    await world.watch(monitorOf({ name: 'one' }, { name: 'two' }), 3);
    await world.watch(monitorOf({ name: 'two' }), 3);
    expect([...(await world.store.listReadings('prod')).keys()]).toEqual(['two']);
  });

  it('reads sums of long windows, and not their hours one by one', async () => {
    const yearly = monitorOf({ window: { of: 'rolling', lengthMs: 360 * 24 * hourMs } });
    const [objective] = yearly.objectives;
    if (objective === undefined) throw new Error('it has none');
    const firstMs = start - 200 * 24 * hourMs;
    const hours = Array.from({ length: 200 * 24 - 1 }, (_, index) => ({
      ...{ objective: 'checkout', atMs: firstMs + index * hourMs },
    }));
    await world.store.updateHours('prod', hours, (known) =>
      updateHour(objective, known, [minuteAt(known.atMs, 90, 10)]),
    );
    await world.watch(yearly, 3);
    expect(world.hoursListed).toBeLessThan(100);
    const [standing] = (await world.store.readState('prod'))?.standings ?? [];
    expect(standing?.tally.bad).toBe(hours.length * 10);
    expect(standing?.tally.badMs).toBe(hours.length * minuteMs);
  });

  it('stops where another attempt was scheduled later', async () => {
    world.attemptAtMs = 1_000;
    await world.watch(spec, 3);
    world.attemptAtMs = 2_000;
    await world.watch(spec, 3);
    world.attemptAtMs = 1_000;
    const before = await world.minutes();
    await expect(world.watch(spec, 3)).rejects.toThrow('another attempt measures');
    expect(await world.minutes()).toEqual(before);
  });

  it('says that nothing is judged while the ledger is away, once, and that it is again', async () => {
    world.startWorker();
    await world.watch(spec, 3);
    world.isLedgerAway = () => true;
    const news = await world.watch(spec, 60);
    expect(news).toMatchObject({ violations: [], unjudged: { why: 'the ledger is away' } });
    expect(world.nowMs).toBeLessThan(start + 20 * minuteMs);
    const again = await world.watch(spec, 15, [], true);
    expect(again.unjudged).toBeDefined();
    expect(world.nowMs).toBeGreaterThan(start + 25 * minuteMs);
    world.isLedgerAway = () => false;
    const back = await world.watch(spec, 60, [], true);
    expect(back).not.toHaveProperty('unjudged');
    expect(back.counts).toBeDefined();
    const written = await world.minutes();
    expect(await world.requests()).toBe(written.length * 100);
  });

  it('keeps the minutes of probes from one attempt to the next while the ledger is away', async () => {
    world.startWorker();
    const probed = monitorOf({
      source: { of: 'tcp', host: 'shop', port: 80, timeoutMs: 5_000, everyMs: 15_000 },
    });
    world.isLedgerAway = () => true;
    const sentAt: number[] = [];
    world.answers = async () => {
      sentAt.push(minuteOf(world.nowMs));
      await new Promise((resolve) => setImmediate(resolve));
      return true;
    };
    await world.watch(probed, 5);
    await world.watch(probed, 5);
    world.isLedgerAway = () => false;
    await world.watch(probed, 2);
    const overMs = minuteOf(world.nowMs) - minuteMs;
    const over = [...new Set(sentAt)].filter((atMs) => atMs < overMs);
    expect(over.length).toBeGreaterThan(3);
    const written = new Map((await world.minutes()).map(({ atMs, good }) => [atMs, good]));
    expect(over.map((atMs) => written.get(atMs))).toEqual(
      over.map((atMs) => sentAt.filter((each) => each === atMs).length),
    );
  });

  it('closes what it no longer judges: a burn rate of an objective whose window became short', async () => {
    const long = monitorOf({ window: { of: 'rolling', lengthMs: 30 * 24 * hourMs } });
    world.countedAt = failingFrom(start, 10);
    const { violations } = await world.watch(long, 60);
    expect(violations.map(({ kind }) => kind)).toContain('burn-page');
    await world.watch(spec, 2);
    const open = await world.store.listViolations({ environment: 'prod' });
    expect(open.map(({ kind }) => kind)).not.toContain('burn-page');
  });
});
