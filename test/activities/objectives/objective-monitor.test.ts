import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hourMs, minuteMs } from '../../../src/contracts/objectives/minute.ts';
import { violationKey, type Violation } from '../../../src/contracts/objectives/violation.ts';
import { failingFrom, monitorOf, MonitorWorld } from './monitor-world.ts';

const start = Date.UTC(2026, 10, 30, 12);
describe('a monitor', () => {
  let world: MonitorWorld;
  beforeEach(async () => {
    world = await MonitorWorld.open(start);
  });
  afterEach(() => world.close());

  const spec = monitorOf();

  it('writes each minute once its lag is over', async () => {
    await world.watch(spec, 10);
    const written = await world.minutes();
    expect(written.map(({ atMs }) => (atMs - start) / minuteMs)).toEqual([
      ...[-1, 0, 1, 2, 3, 4, 5, 6, 7, 8],
    ]);
    expect(new Set(written.map(({ good, quality }) => `${good} ${quality}`))).toEqual(
      new Set(['100 counted']),
    );
  });

  it('loses no request and counts none twice where its worker is killed again and again', async () => {
    for (let killed = 0; killed < 5; killed++) {
      await world.watch(spec, 4);
      world.nowMs += 90_000;
    }
    const written = await world.minutes();
    expect(await world.requests()).toBe(written.length * 100);
    expect(written.every(({ quality }) => quality === 'counted')).toBe(true);
    expect(written.map(({ atMs }) => atMs)).toEqual(
      written.map((_, index) => (written[0]?.atMs ?? 0) + index * minuteMs),
    );
  });

  it('reads what Prometheus still knows of the time in which it was down itself', async () => {
    await world.watch(spec, 5);
    world.nowMs += 3 * hourMs;
    await world.watch(spec, 5);
    const written = await world.minutes();
    expect(await world.requests()).toBe(written.length * 100);
    expect(written.length).toBeGreaterThan(180);
    expect(written.every(({ quality }) => quality === 'counted')).toBe(true);
  });

  it('has no data of the time in which Prometheus was down, and keeps its requests', async () => {
    await world.watch(spec, 5);
    world.sourceFailure = 'Prometheus does not answer';
    await world.watch(spec, 5);
    const down = await world.minutes();
    expect(down.at(-1)).toMatchObject({ quality: 'none', why: 'Prometheus does not answer' });
    world.sourceFailure = undefined;
    const { countedAt } = world;
    const backAt = world.nowMs - minuteMs;
    world.countedAt = (atMs) => {
      if (atMs < backAt) throw new Error('stale');
      return countedAt(atMs);
    };
    await world.watch(spec, 5);
    const written = await world.minutes();
    expect(await world.requests()).toBe(written.length * 100);
    const spread = written.filter(({ quality }) => quality === 'spread');
    expect(spread.length).toBeGreaterThan(3);
    expect(spread.every(({ coverageMs }) => coverageMs === 0)).toBe(true);
    expect(spread[0]).toMatchObject({ version: 2 });
  });

  it('keeps minutes while the ledger is away, and writes them once it is back', async () => {
    await world.watch(spec, 3);
    const backMs = start + 20 * minuteMs;
    world.isLedgerAway = (nowMs) => nowMs > start + 5 * minuteMs && nowMs < backMs;
    await world.watch(spec, 15);
    expect(world.warnings.join()).toContain('the ledger is away');
    const before = (await world.minutes()).length;
    await world.watch(spec, 5);
    const written = await world.minutes();
    expect(written.length).toBeGreaterThan(before + 12);
    expect(await world.requests()).toBe(written.length * 100);
  });

  it('is insufficient until enough of its window was measured, and met from then on', async () => {
    await world.watch(spec, 30);
    const young = await world.store.readState('prod');
    expect(young?.standings).toMatchObject([{ verdict: 'insufficient' }]);
    await world.watch(spec, 40);
    const state = await world.store.readState('prod');
    expect(state?.standings).toMatchObject([{ verdict: 'met', coverage: 1 }]);
  });

  const watchUntil = async (wanted: (violation: Violation) => boolean) => {
    for (let round = 0; round < 200; round++) {
      const { violations } = await world.watch(spec, 10);
      const found = violations.find(wanted);
      if (found !== undefined) return { found, violations };
    }
    throw new Error('it was never told');
  };

  it('tells of a breach once, and once of its end with its duration', async () => {
    world.countedAt = failingFrom(start, 70, 75);
    await world.watch(spec, 65);
    const { found, violations } = await watchUntil(({ kind }) => kind === 'breach');
    expect(found).toMatchObject({ objective: 'checkout', service: 'shop' });
    const told = violations.map((each) => ({ key: violationKey(each), of: 'opened' as const }));
    const again = await world.watch(spec, 10, told);
    expect(again).toMatchObject({ violations: [], counts: { breached: 1 } });
    const { found: over } = await watchUntil(({ closedAtMs }) => closedAtMs !== undefined);
    expect(over).toMatchObject({ kind: 'breach', openedAtMs: found.openedAtMs });
    expect((over.closedAtMs ?? 0) - over.openedAtMs).toBeGreaterThan(50 * minuteMs);
  });

  it('tells of hundreds of objectives at once, and of each once', async () => {
    const names = Array.from({ length: 250 }, (_, index) => ({ name: `route-${index}` }));
    const many = monitorOf(...names);
    world.sourceFailure = 'Prometheus does not answer';
    const { violations } = await world.watch(many, 30);
    expect(violations).toHaveLength(250);
    const told = violations.map((each) => ({ key: violationKey(each), of: 'opened' as const }));
    expect((await world.watch(many, 12, told)).violations).toEqual([]);
  });

  it('gathers for ten minutes what wakes nobody, and tells at once of what does', async () => {
    world.countedAt = failingFrom(start, 70, 75);
    await world.watch(spec, 65);
    const news = await world.watch(spec, 30);
    expect(news.violations.some(({ kind }) => kind === 'breach' || kind === 'burn-page')).toBe(
      true,
    );
    const told = news.violations.map((each) => ({
      key: violationKey(each),
      of: 'opened' as const,
    }));
    world.sourceFailure = 'Prometheus does not answer';
    const beganAtMs = world.nowMs;
    const next = await world.watch(spec, 60, told);
    expect(next.violations.map(({ kind }) => kind)).toContain('silent');
    expect(world.nowMs - beganAtMs).toBeGreaterThanOrEqual(10 * minuteMs);
  });

  it('tells again of what its worker had found and died before telling', async () => {
    world.countedAt = failingFrom(start, 70);
    await world.watch(spec, 65);
    const { found } = await watchUntil(({ kind }) => kind === 'breach');
    const { violations } = await world.watch(spec, 10);
    expect(violations).toContainEqual(found);
  });

  it('says that a metric has vanished, and neither breaches nor passes because of it', async () => {
    await world.watch(spec, 70);
    world.sourceFailure = 'no series match requests_total';
    const { violations } = await world.watch(spec, 30);
    expect(violations).toMatchObject([{ kind: 'silent' }]);
    expect(violations[0]?.reason).toContain('no series match requests_total');
  });

  it('begins anew where an objective is measured in another way, and counts nothing twice', async () => {
    await world.watch(spec, 5);
    world.nowMs += 10 * minuteMs;
    const { countedAt } = world;
    world.countedAt = (atMs) => {
      const { pod } = countedAt(atMs);
      return pod === undefined ? {} : { pod: { ...pod, bad: 90_000 } };
    };
    const source = { of: 'prometheus', total: 'requests_total' } as const;
    const changed = { ...source, part: { of: 'bad', selector: 'all_failures_total' } } as const;
    await world.watch(monitorOf({ source: changed }), 5);
    const written = await world.minutes();
    expect(written.filter(({ bad }) => bad > 0)).toEqual([]);
    expect(written.filter(({ quality }) => quality === 'none')).toMatchObject([
      { why: 'it is measured in another way from here on' },
    ]);
  });

  it('reads all objectives of a minute at the same moment', async () => {
    const many = monitorOf({ name: 'one' }, { name: 'two' }, { name: 'three' });
    await world.watch(many, 3);
    expect(new Set(world.asked).size).toBe(world.asked.length / 3);
  });

  /** Whatever there is to tell meanwhile. */
  const watchOn = async (count: number) => {
    const untilMs = world.nowMs + count * minuteMs;
    let told: { key: string; of: 'opened' | 'closed' }[] = [];
    while (world.nowMs < untilMs) {
      const { violations } = await world.watch(spec, (untilMs - world.nowMs) / minuteMs, told);
      told = violations.map((each) => ({ key: violationKey(each), of: 'opened' }));
    }
  };

  it('charges a rollout for what failed while it went on', async () => {
    world.countedAt = failingFrom(start, 2, 4);
    await watchOn(10);
    const filter = { environment: 'prod', fromMs: start - hourMs, untilMs: world.nowMs };
    const before = await world.store.listSpending(filter);
    expect(before.every(({ cause }) => cause === 'unknown')).toBe(true);
    await world.ledger.append({
      ...{
        format: 2,
        family: 'rollouts',
        kind: 'canary',
        runRef: 'one',
        workflowId: 'w',
        runId: 'r',
      },
      ...{
        subject: { environment: 'prod', name: 'shop' },
        outcome: 'RolledBack',
        reason: 'errors',
      },
      ...{ startedAtMs: start + minuteMs, endedAtMs: start + 5 * minuteMs },
      ...{ notes: [], steps: [], people: [], undo: [], spec: {}, details: {} },
    });
    await watchOn(15);
    const after = await world.store.listSpending(filter);
    expect(after).toMatchObject([{ cause: 'rollout', runRef: 'one', bad: 100 }]);
  });
});
