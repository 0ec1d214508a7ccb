import { describe, expect, it } from 'vitest';
import type { RepositoryContents } from '../../../../src/contracts/backups/backup-set.ts';
import { contentsOf, dayMs, rangeOf, setAt } from '../backup-sets.ts';
import { actionsOf, daysAgo, linesOf, nowMs, planOf } from './planned.ts';

describe('a source with a log', () => {
  const log = [rangeOf([0, 2_000], [nowMs - 100 * dayMs, nowMs])];
  const daily = (...days: number[]) =>
    days.map((day) =>
      setAt(nowMs - day * dayMs, {
        label: `${day}`,
        segments: [1_000 - 10 * day, 1_000 - 10 * day],
      }),
    );

  it('keeps the set with which the promised moments begin', () => {
    const plan = planOf({
      retention: { count: 1, pointInTime: '7d' },
      contents: [contentsOf(daily(20, 10, 5, 0), { wal: log })],
    });
    expect(linesOf(plan).slice(0, 3)).toEqual([
      '20: expire: count: 1 newer one is kept',
      '10: keep: point in time: the moments of the last 7d begin with it',
      '5: expire: count: 1 newer one is kept',
    ]);
    expect(plan.decisions[1]?.goesAtMs).toBe(nowMs + 2 * dayMs + 1_000);
  });

  it('does not shrink the span by five sets in a minute', () => {
    const minutes = [4, 3, 2, 1, 0].map((minute) =>
      setAt(nowMs - minute * 60_000, { label: `minute ${minute}`, segments: [1_990, 1_990] }),
    );
    const plan = planOf({
      retention: { age: '14d', count: 2 },
      contents: [contentsOf([...daily(21, 15, 13), ...minutes], { wal: log })],
    });
    expect(actionsOf(plan)).toMatchObject({ 21: 'expire', 15: 'keep', 13: 'keep' });
  });

  it('keeps the first set after a gap: no earlier one leads beyond it', () => {
    const holed = [
      rangeOf([0, 955], [nowMs - 100 * dayMs, nowMs - 4.5 * dayMs]),
      rangeOf([957, 2_000], [nowMs - 4.4 * dayMs, nowMs]),
    ];
    const plan = planOf({
      retention: { count: 1, pointInTime: '7d' },
      contents: [contentsOf(daily(10, 4, 3, 0), { wal: holed })],
    });
    expect(linesOf(plan).slice(0, 3)).toEqual([
      '10: keep: point in time: the moments of the last 7d begin with it',
      '4: keep: point in time: no earlier set leads to the moments from 2026-11-25 12:00:01Z on, which is within 7d',
      '3: expire: count: 1 newer one is kept',
    ]);
  });

  it('keeps log that a set of another repository needs', () => {
    const own = contentsOf(daily(30, 20, 2, 0), { wal: log });
    const theirs = daily(15).map((set) => ({ ...set, repository: 'offsite', label: 'old chain' }));
    const cipher = contentsOf(theirs, {
      repository: 'offsite',
      wal: [rangeOf([900, 2_000], [nowMs - 10 * dayMs, nowMs])],
    });
    const plan = planOf({ retention: { count: 1 }, contents: [own, cipher] });
    expect(linesOf(plan).slice(0, 3)).toEqual([
      '30: expire: count: 1 newer one is kept',
      '20: keep: holds WAL from 000000010000000300000052 on, which old chain of offsite needs and offsite lacks',
      '2: expire: count: 1 newer one is kept',
    ]);
    const whole = { ...cipher, wal: log };
    expect(actionsOf(planOf({ retention: { count: 1 }, contents: [own, whole] }))).toMatchObject({
      20: 'expire',
    });
  });

  it('expires nothing while another repository of the component cannot be read', () => {
    const plan = planOf({
      retention: { count: 1 },
      contents: [contentsOf(daily(20, 0), { wal: log })],
      repositories: ['main', 'offsite'],
    });
    expect(linesOf(plan)[0]).toBe(
      '20: keep: offsite could not be read, and may need log that expires with it',
    );
    const noLog = planOf({
      retention: { count: 1 },
      contents: [contentsOf(daysAgo(20, 0))],
      repositories: ['main', 'offsite'],
    });
    expect(actionsOf(noLog)).toMatchObject({ '20 days ago': 'expire' });
  });

  it('measures log that is older than every set that stays', () => {
    const plan = planOf({
      retention: { count: 1 },
      contents: [contentsOf(daily(20, 10, 0), { wal: log })],
    });
    expect(plan.spareLog).toEqual({ segments: 1_000, bytes: 1_000 * 2 ** 24 });
  });
});

describe('cold storage', () => {
  const retention = { age: '7d', coldStorage: { repository: 'cold', retention: { monthly: 24 } } };
  const sets = [
    setAt('2026-09-10T02:00Z', { label: 'september 10' }),
    setAt('2026-09-30T02:00Z', { label: 'september 30' }),
    setAt('2026-10-31T02:00Z', { label: 'october 31' }),
    setAt('2026-11-29T02:00Z', { label: 'today' }),
  ];
  const cold = contentsOf([{ ...sets[1]!, repository: 'cold', label: 'copy' }], {
    repository: 'cold',
  });
  const copies = (contents: RepositoryContents[], repository = 'main') =>
    planOf({ retention, contents, repository, repositories: ['main'] }).decisions.map(
      ({ judged, action, copyTo }) => [judged.set.label, action, copyTo],
    );

  it('is given what it would keep and does not have, before that expires', () => {
    expect(copies([contentsOf(sets), cold])).toEqual([
      ['september 10', 'expire', undefined],
      ['september 30', 'expire', undefined],
      ['october 31', 'expire', 'cold'],
      ['today', 'keep', undefined],
    ]);
    expect(copies([contentsOf(sets), cold], 'cold')).toEqual([['copy', 'keep', undefined]]);
  });

  it('keeps what has to be copied while it cannot be read', () => {
    const plan = planOf({ retention, contents: [contentsOf(sets)], repositories: ['main'] });
    expect(linesOf(plan)[2]).toBe(
      'october 31: keep: has to be in cold before it expires, which could not be read',
    );
    expect(actionsOf(plan)).toMatchObject({ 'september 10': 'expire' });
  });
});
