import { describe, expect, it } from 'vitest';
import type { BackupSet } from '../../../../src/contracts/backups/backup-set.ts';
import { contentsOf, damaged, dayMs, entryOf, proven, setAt, verified } from '../backup-sets.ts';
import { actionsOf, daysAgo, linesOf, planOf } from './planned.ts';

describe('which sets are kept', () => {
  it('keeps what is younger, what is among the newest, and the last of each period', () => {
    const plan = planOf({
      retention: { age: '2d', count: 3, daily: 2, weekly: 2, monthly: 3, yearly: 1 },
      contents: [contentsOf(daysAgo(70, 40, 19, 12, 4, 3, 1, 0))],
    });
    expect(linesOf(plan)).toEqual([
      '70 days ago: keep: monthly: last of 2026-09',
      '40 days ago: keep: monthly: last of 2026-10',
      '19 days ago: expire: older than 2d; count: 3 newer ones are kept; daily: 2 later ones are kept; weekly: 2 later ones are kept; monthly: 0 days ago is later in 2026-11; yearly: 0 days ago is later in 2026',
      '12 days ago: keep: weekly: last of 2026-W47',
      '4 days ago: expire: older than 2d; count: 3 newer ones are kept; daily: 2 later ones are kept; weekly: 0 days ago is later in 2026-W48; monthly: 0 days ago is later in 2026-11; yearly: 0 days ago is later in 2026',
      '3 days ago: keep: count: one of the newest 3',
      '1 days ago: keep: younger than 2d; count: one of the newest 3; daily: last of 2026-11-28',
      '0 days ago: keep: younger than 2d; count: one of the newest 3; daily: last of 2026-11-29; weekly: last of 2026-W48; monthly: last of 2026-11; yearly: last of 2026; is the newest set that can be restored',
    ]);
  });

  it('begins a day where the zone begins it', () => {
    const sets = [
      setAt('2026-11-27T22:30Z', { label: 'late' }),
      setAt('2026-11-27T23:30Z', { label: 'next day in Berlin' }),
    ];
    const inZone = (zone: string) =>
      actionsOf(planOf({ retention: { daily: 2, zone }, contents: [contentsOf(sets)] }));
    expect(inZone('UTC')).toEqual({ late: 'expire', 'next day in Berlin': 'keep' });
    expect(inZone('Europe/Berlin')).toEqual({ late: 'keep', 'next day in Berlin': 'keep' });
  });

  it('says when a set will go, where that has a date', () => {
    const { decisions } = planOf({
      retention: { age: '30d', daily: 7 },
      contents: [contentsOf(daysAgo(20, 3, 0))],
    });
    const goes = decisions.map(({ goesAtMs }) => goesAtMs && new Date(goesAtMs).toISOString());
    expect(goes).toEqual(['2026-12-09T02:00:00.000Z', '2026-12-26T02:00:00.000Z', undefined]);
  });

  it('uses the rules of the repository where it has some of its own', () => {
    const retention = { age: '1d', repositories: { offsite: { age: '90d' } } };
    const sets = daysAgo(60, 0);
    const offsite = sets.map((set) => ({ ...set, repository: 'offsite' }));
    const contents = [contentsOf(sets), contentsOf(offsite, { repository: 'offsite' })];
    expect(actionsOf(planOf({ retention, contents }))).toMatchObject({ '60 days ago': 'expire' });
    expect(actionsOf(planOf({ retention, contents, repository: 'offsite' }))).toMatchObject({
      '60 days ago': 'keep',
    });
  });
});

describe('what is kept whatever the rules say', () => {
  it('keeps the newest that can be restored, the newest verified and the newest proven', () => {
    const [old, older, newest] = daysAgo(3, 2, 0) as [BackupSet, BackupSet, BackupSet];
    const plan = planOf({
      retention: { count: 1 },
      contents: [contentsOf([old, older, newest])],
      entries: [entryOf(old, { proven }), entryOf(older, { verified }), entryOf(newest)],
    });
    expect(linesOf(plan)).toEqual([
      '3 days ago: keep: is the newest set that a drill has proven',
      '2 days ago: keep: is the newest set whose content was verified',
      '0 days ago: keep: count: one of the newest 1; is the newest set that can be restored',
    ]);
  });

  it('expires nothing while the catalogue does not answer: it alone knows what was proven', () => {
    const plan = planOf({
      ...{ retention: { count: 1 }, contents: [contentsOf(daysAgo(9, 0))] },
      entries: undefined,
    });
    expect(linesOf(plan)[0]).toBe(
      '9 days ago: keep: the catalogue could not be read, so which set was proven is not known',
    );
  });

  it('expires nothing by its age alone where no newer set was made since', () => {
    const plan = planOf({ retention: { age: '7d' }, contents: [contentsOf(daysAgo(95, 92, 90))] });
    expect(Object.values(actionsOf(plan))).toEqual(['keep', 'keep', 'keep']);
  });

  it('is fine with fewer sets than are to be kept, and with none', () => {
    const rule = { count: 30, daily: 30, weekly: 30 };
    expect(actionsOf(planOf({ retention: rule, contents: [contentsOf(daysAgo(1))] }))).toEqual({
      '1 days ago': 'keep',
    });
    expect(planOf({ retention: rule, contents: [contentsOf([])] }).decisions).toEqual([]);
  });

  it('keeps the eight day old one where seven days are kept, and says that it is the base of the seventh', () => {
    const [full] = daysAgo(8) as [BackupSet];
    const onIt = daysAgo(6, 5).map((set) => ({
      ...{ ...set, type: 'incremental' as const, needs: [full.label] },
    }));
    const [next] = daysAgo(0) as [BackupSet];
    const plan = planOf({
      retention: { age: '7d' },
      contents: [contentsOf([full, ...onIt, next])],
    });
    expect(linesOf(plan)[0]).toBe(
      '8 days ago: keep: is the base of the incremental of 2026-11-23, and of 1 more',
    );
    expect(plan.decisions[0]?.goesAtMs).toBe((onIt[1]?.startedAtMs ?? 0) + 7 * dayMs);
  });

  it('keeps what a set of somebody else builds on', () => {
    const [full, other, ...rest] = daysAgo(20, 19, 1, 0) as [BackupSet, BackupSet];
    const { madeBy: _, ...foreign } = { ...other, needs: [full.label] };
    const plan = planOf({
      retention: { count: 1 },
      contents: [contentsOf([full, foreign, ...rest])],
    });
    expect(actionsOf(plan)).toMatchObject({ '20 days ago': 'keep', '19 days ago': 'leave' });
  });
});

describe('which sets count', () => {
  it('counts no failed ones: one good and three failed of two that are kept', () => {
    const [good, ...failed] = daysAgo(4, 3, 2, 1);
    const plan = planOf({
      retention: { count: 2 },
      contents: [contentsOf([good!, ...failed.map((set) => ({ ...set, error: 'no space left' }))])],
    });
    expect(linesOf(plan)).toEqual([
      '4 days ago: keep: count: one of the newest 2; is the newest set that can be restored',
      ...[3, 2, 1].map(
        (day) =>
          `${day} days ago: keep: has failed: no space left, and nothing newer can be restored`,
      ),
    ]);
  });

  it('counts sets that can be restored: incrementals of a lost full are none', () => {
    const [lost, ...incremental] = daysAgo(9, 8, 7, 6);
    const [full] = daysAgo(10) as [BackupSet];
    const plan = planOf({
      retention: { count: 2 },
      contents: [
        contentsOf([
          full,
          ...incremental.map((set) => ({
            ...{ ...set, type: 'incremental' as const, needs: [lost!.label] },
          })),
        ]),
      ],
    });
    expect(linesOf(plan)[0]).toContain('10 days ago: keep: count: one of the newest 2');
    expect(linesOf(plan)[3]).toContain(
      'builds on 9 days ago of main, which is missing, and nothing newer can be restored',
    );
  });

  it('expires damaged and failed ones once a newer one can be restored and the age is over', () => {
    const [failed, bad, young, good] = daysAgo(40, 35, 5, 0) as [
      BackupSet,
      BackupSet,
      BackupSet,
      BackupSet,
    ];
    const plan = planOf({
      retention: { age: '30d', yearly: 5 },
      contents: [contentsOf([{ ...failed, error: 'aborted' }, bad, young, good])],
      entries: [entryOf(bad, { damaged, proven }), entryOf(young, { damaged })],
    });
    expect(linesOf(plan).slice(0, 3)).toEqual([
      '40 days ago: expire: has failed: aborted; a newer set can be restored',
      expect.stringMatching(/^35 days ago: expire: is damaged \(pack 1f: .*\); a newer set can/),
      expect.stringMatching(
        /^5 days ago: keep: is damaged \(pack 1f: .*\), and is younger than 30d/,
      ),
    ]);
  });

  it('leaves a set from 2099 and names it, and counts no age from it', () => {
    const sets = [...daysAgo(29, 2, 0), setAt('2099-01-01T00:00Z', { label: '2099' })];
    const plan = planOf({ retention: { age: '30d', count: 1 }, contents: [contentsOf(sets)] });
    expect(actionsOf(plan)).toEqual({
      ...{ '29 days ago': 'keep', '2 days ago': 'keep', '0 days ago': 'keep', '2099': 'leave' },
    });
    expect(linesOf(plan)[3]).toBe(
      '2099: leave: is dated 2099-01-01 00:00:00Z, which is in the future',
    );
  });

  it('leaves sets of other plans, and of nobody', () => {
    const [theirs, nobodys, ours] = daysAgo(90, 80, 0) as [BackupSet, BackupSet, BackupSet];
    const { madeBy: _, ...unmarked } = nobodys;
    const plan = planOf({
      retention: { count: 1 },
      contents: [contentsOf([theirs, unmarked, ours], { foreign: [theirs.label] })],
    });
    expect(linesOf(plan).slice(0, 2)).toEqual([
      '90 days ago: leave: is not of this plan',
      '80 days ago: leave: is not of this plan',
    ]);
  });
});
