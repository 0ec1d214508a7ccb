import { describe, expect, it } from 'vitest';
import { planOccurrences } from '../../../../src/policies/chaos/campaigns/plan-occurrences.ts';
import { campaignEntry } from '../../../fixtures/campaign-entry.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const pauseMs = 5 * minuteMs;

describe('when the experiments of a campaign are due', () => {
  it('is one after the other, with the pause between them', () => {
    const experiments = ['first', 'second', 'third'].map((name) => campaignEntry(name, minuteMs));
    expect(planOccurrences({ experiments, pauseMs })).toEqual([
      { index: 0, dueMs: 0 },
      { index: 1, dueMs: 6 * minuteMs },
      { index: 2, dueMs: 12 * minuteMs },
    ]);
  });

  it('is again and again by its own clock until the campaign is over', () => {
    const often = campaignEntry('often', minuteMs, { repeatEveryMs: 2 * hourMs });
    const daily = campaignEntry('daily', 5 * minuteMs, { repeatEveryMs: 24 * hourMs });
    const once = campaignEntry('once', 10 * minuteMs);
    const plan = planOccurrences({
      ...{ experiments: [often, daily, once], pauseMs, lastsMs: 24 * hourMs },
    });
    const dueOf = (wanted: number) =>
      plan.filter(({ index }) => index === wanted).map(({ dueMs }) => dueMs / minuteMs);
    expect(dueOf(0)).toEqual(Array.from({ length: 12 }, (_, time) => time * 120));
    expect([dueOf(1), dueOf(2)]).toEqual([[6], [16]]);
    expect(plan.map(({ dueMs }) => dueMs)).toEqual(
      plan.map(({ dueMs }) => dueMs).toSorted((one, other) => one - other),
    );
    expect(
      plan.filter(({ nextDueMs }) => nextDueMs === undefined).map(({ index }) => index),
    ).toEqual([1, 2, 0]);
  });

  it('is in the order of the list where two are due at once', () => {
    const every = { repeatEveryMs: 6 * minuteMs };
    const experiments = ['first', 'second'].map((name) => campaignEntry(name, minuteMs, every));
    const plan = planOccurrences({ experiments, pauseMs, lastsMs: 12 * minuteMs });
    expect(plan.map(({ index, dueMs }) => [index, dueMs / minuteMs])).toEqual([
      [0, 0],
      [0, 6],
      [1, 6],
    ]);
  });
});
