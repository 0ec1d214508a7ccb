import { describe, expect, it } from 'vitest';
import { emptyTally, type Tally } from '../../../src/contracts/objectives/tally.ts';
import { judgeObjective } from '../../../src/policies/objectives/judge-objective.ts';
import { describeBreach } from '../../../src/policies/objectives/objective-words.ts';
import type { Objective } from '../../../src/specs/objectives/objective.ts';
import { objectiveOf } from '../../fixtures/objective.ts';

const minute = 60_000;
const day = 1_440 * minute;
const span = { fromMs: 0, untilMs: 30 * day };

/** 30 days, of which so many were measured. */
function tallyOf(days: number, counts: Partial<Tally>): Tally {
  const missingMs = (30 - days) * day;
  return {
    ...emptyTally,
    goodMs: days * day,
    noDataMs: missingMs,
    unknownMs: missingMs,
    ...counts,
  };
}

const judge = (tally: Tally, more: Partial<Objective> = {}) =>
  judgeObjective(objectiveOf(more), tally, { span, leastCoverage: 0.9 });

describe('an objective', () => {
  it('is met where enough was measured and its target was reached', () => {
    const standing = judge(tallyOf(30, { good: 999_500, bad: 500, busiest: 100 }));
    expect(standing).toMatchObject({ verdict: 'met', certainly: true, value: 0.9995, coverage: 1 });
    expect(standing.budget?.allowed).toBeCloseTo(1_000);
    expect(standing.budget?.remaining).toBeCloseTo(0.5);
    expect(standing.budget?.isEmpty).toBe(false);
  });

  it('is breached where it was not, and its budget is empty', () => {
    const standing = judge(tallyOf(30, { good: 998_000, bad: 2_000, busiest: 100 }));
    expect(standing).toMatchObject({ verdict: 'breached', certainly: true });
    expect(standing.budget).toMatchObject({ isEmpty: true, spent: 2_000 });
  });

  it('of a month that has only begun is not breached by its first failure, and its budget is not empty', () => {
    const month = { window: { of: 'calendar', unit: 'month', zone: 'UTC' } } as const;
    const first = { ...emptyTally, goodMs: minute, good: 499, bad: 1, busiest: 500 };
    const young = judge(first, month);
    expect(young).toMatchObject({ verdict: 'insufficient', budget: { isEmpty: false } });
    const many = judge({ ...first, good: 480, bad: 20 }, month);
    expect(many).toMatchObject({ verdict: 'breached', budget: { isEmpty: true } });
  });

  it('of a month may spend what the whole month allows, before it is breached', () => {
    const month = objectiveOf({ window: { of: 'calendar', unit: 'month', zone: 'UTC' } });
    const firstDay = (good: number, bad: number) =>
      judgeObjective(
        month,
        { ...emptyTally, goodMs: day, good, bad, busiest: 1 },
        { span: { fromMs: 0, untilMs: day }, leastCoverage: 0.9, leftMs: 29 * day },
      );
    const few = firstDay(480, 4);
    expect(few).toMatchObject({ verdict: 'insufficient', budget: { isEmpty: false, spent: 4 } });
    expect(few.budget?.allowed).toBeCloseTo(0.001 * 484 * 30);
    expect(firstDay(480, 20)).toMatchObject({ verdict: 'breached', budget: { isEmpty: true } });
    expect(firstDay(9_999, 4)).toMatchObject({ verdict: 'met' });
  });

  it('is insufficient without data: neither met nor breached', () => {
    const standing = judge(tallyOf(0, {}));
    expect(standing).toMatchObject({ verdict: 'insufficient', certainly: false, coverage: 0 });
    expect(standing).not.toHaveProperty('value');
    expect(standing.budget?.isEmpty).toBe(false);
  });

  it('has half of its coverage where its window is twice as long as the data is kept', () => {
    const standing = judge(tallyOf(15, { good: 500_000, bad: 10, busiest: 100 }));
    expect(standing).toMatchObject({ verdict: 'insufficient', coverage: 0.5 });
  });

  it('is not helped by a gap: one hour of data is no month', () => {
    const standing = judge(tallyOf(1 / 24, { good: 60_000, bad: 0, busiest: 1_000 }));
    expect(standing.verdict).toBe('insufficient');
    expect(standing.coverage).toBeCloseTo(1 / 720);
  });

  it('is certainly breached where the rest of the time could not make up for it', () => {
    const standing = judge(tallyOf(15, { good: 200_000, bad: 20_000, busiest: 15 }));
    expect(standing).toMatchObject({ verdict: 'breached', certainly: true, coverage: 0.5 });
  });

  it('is certainly met where it would be met even if everything that is missing had failed', () => {
    const standing = judge(tallyOf(29.99, { good: 1_000_000, bad: 1, busiest: 20 }));
    expect(standing).toMatchObject({ verdict: 'met', certainly: true });
  });

  it('is met without certainty where what is missing could have broken it', () => {
    const standing = judge(tallyOf(28, { good: 1_000_000, bad: 1, busiest: 200 }));
    expect(standing).toMatchObject({ verdict: 'met', certainly: false });
  });

  it('of a service that is idle over night is judged by its days', () => {
    const idleMs = 15 * day;
    const standing = judge({
      ...{ ...emptyTally, good: 100_000, bad: 10, busiest: 50 },
      ...{ goodMs: 15 * day, noDataMs: idleMs, idleMs },
    });
    expect(standing).toMatchObject({ verdict: 'met', coverage: 1 });
  });

  it('of a service without any request is insufficient', () => {
    const standing = judge({ ...emptyTally, noDataMs: 30 * day, idleMs: 30 * day });
    expect(standing).toMatchObject({ verdict: 'insufficient', coverage: 0 });
  });

  it('is judged without what maintenance took out', () => {
    const standing = judge({
      ...{ ...emptyTally, good: 100_000, bad: 10, busiest: 50 },
      ...{ goodMs: 20 * day, excludedMs: 10 * day },
    });
    expect(standing).toMatchObject({ verdict: 'met', coverage: 1 });
  });

  it('of an error rate may be at most its target', () => {
    const errorRate = { indicator: 'errorRate', comparison: 'atMost', target: 0.001 } as const;
    const tally = tallyOf(30, { good: 999_500, bad: 500, busiest: 100 });
    expect(judge(tally, errorRate)).toMatchObject({ verdict: 'met', value: 0.0005 });
  });

  it('of a throughput counts requests a second of the time that was measured', () => {
    const throughput = { indicator: 'throughput', target: 1_000 } as const;
    const fiveMinutes = { ...emptyTally, goodMs: 5 * minute, good: 330_000, busiest: 66_000 };
    expect(judge(fiveMinutes, throughput)).toMatchObject({ verdict: 'met', value: 1_100 });
    expect(judge(fiveMinutes, throughput)).not.toHaveProperty('budget');
    const idle = { ...emptyTally, noDataMs: 5 * minute, idleMs: 5 * minute };
    expect(judge(idle, throughput)).toMatchObject({ value: 0, verdict: 'breached', coverage: 1 });
  });

  it('of equal may be off by what it says', () => {
    const equal = {
      indicator: 'throughput',
      comparison: 'equal',
      target: 100,
      within: 0.05,
    } as const;
    const at = (perSecond: number) =>
      judge({ ...emptyTally, goodMs: 5 * minute, good: perSecond * 300 }, equal).verdict;
    expect([at(96), at(104), at(94), at(106)]).toEqual(['met', 'met', 'breached', 'breached']);
  });
});

it('an objective over rolling days and the same one by the month are told apart by their windows', () => {
  const rolling = objectiveOf();
  const monthly = objectiveOf({
    window: { of: 'calendar', unit: 'month', zone: 'Europe/Berlin' },
  });
  const tally = tallyOf(30, { good: 998_000, bad: 2_000, busiest: 100 });
  const told = [rolling, monthly].map((each) =>
    describeBreach(each, judgeObjective(each, tally, { span, leastCoverage: 0.9 })),
  );
  expect(told[0]).toContain('at least 99.9% over 30d');
  expect(told[1]).toContain('at least 99.9% in this month (Europe/Berlin)');
});
