import { describe, expect, it } from 'vitest';
import { emptyTally, type Tally } from '../../../src/contracts/objectives/tally.ts';
import { burnPairs, burnRate, judgeBurn } from '../../../src/policies/objectives/burn-rates.ts';
import { objectiveOf } from '../../fixtures/objective.ts';

const day = 86_400_000;
const counted = (good: number, bad: number): Tally => ({ ...emptyTally, good, bad });
const objective = objectiveOf();

describe('the burn rates of a period', () => {
  it('have the well-known factors over 30 days', () => {
    expect(burnPairs(30 * day).map(({ factor }) => factor)).toEqual([14.4, 6, 3, 1]);
  });

  it('have factors of their own over 7 days: the same shares of the budget', () => {
    expect(burnPairs(7 * day).map(({ factor }) => factor)).toEqual([3.36, 1.4]);
  });

  it('are not reported of five minutes', () => {
    expect(burnPairs(300_000)).toEqual([]);
  });

  it('are 1 where the budget ends with the period', () => {
    expect(burnRate(objective, counted(999_000, 1_000))).toBeCloseTo(1);
  });
});

describe('a pair of windows', () => {
  const [pair] = burnPairs(30 * day);
  if (pair === undefined) throw new Error('there is none');
  const judge = (long: Tally, short: Tally) => judgeBurn(objective, pair, { long, short });

  it('burns where both of them do', () => {
    expect(judge(counted(9_800, 200), counted(900, 100))).toBe('burning');
    expect(judge(counted(9_800, 200), counted(1_000, 0))).toBe('not burning');
    expect(judge(counted(99_900, 100), counted(900, 100))).toBe('not burning');
  });

  it('does not wake anybody because one of two requests failed at three in the morning', () => {
    expect(judge(counted(1, 1), counted(1, 1))).toBe('not burning');
    expect(judge(counted(50, 2), counted(10, 2))).toBe('not burning');
    expect(judge(counted(50, 3), counted(10, 3))).toBe('burning');
  });

  it('is unknown without data, which is no all-clear', () => {
    const silent = { ...emptyTally, noDataMs: 300_000, unknownMs: 300_000 };
    expect(judge(counted(9_800, 200), silent)).toBe('unknown');
  });

  it('is unknown where less than half of the short window was measured', () => {
    const minuteMs = 60_000;
    const spread = { ...counted(0, 500), noDataMs: 5 * minuteMs };
    expect(judge(counted(9_800, 200), spread)).toBe('unknown');
    const oneGood = { ...counted(100, 0), goodMs: minuteMs, noDataMs: 4 * minuteMs };
    const unknown = { ...oneGood, unknownMs: 4 * minuteMs };
    expect(judge(counted(9_800, 200), unknown)).toBe('unknown');
    const threeBad = { ...counted(200, 100), badMs: 3 * minuteMs, noDataMs: 2 * minuteMs };
    expect(judge(counted(9_800, 200), threeBad)).toBe('burning');
  });

  it('does not burn where nobody asks for anything', () => {
    const idle = { ...emptyTally, noDataMs: 300_000, idleMs: 300_000 };
    expect(judge(idle, idle)).toBe('not burning');
  });

  it('is not poisoned by an empty minute in the middle of a month', () => {
    expect(burnRate(objective, emptyTally)).toBeUndefined();
    expect(burnRate(objective, counted(999, 1))).toBeCloseTo(1);
  });
});
