import { describe, expect, it } from 'vitest';
import {
  concludeCampaign,
  scoreOf,
} from '../../../../src/policies/chaos/campaigns/conclude-campaign.ts';

const row = (outcome: string, weight = 1) => ({
  ...{ experiment: `ended-${outcome.toLowerCase()}`, outcome, reason: 'why', weight },
});

const conclude = (outcomes: readonly string[], halted?: string) =>
  concludeCampaign({ rows: outcomes.map((outcome) => row(outcome)), halted });

describe('the verdict of a campaign', () => {
  it('is the gravest of its experiments', () => {
    expect(conclude(['Passed', 'Failed', 'LeftBehind']).outcome).toBe('LeftBehind');
    expect(conclude(['Passed', 'Failed', 'Inconclusive'])).toEqual({
      ...{ outcome: 'Failed', reason: 'ended-failed: Failed: why' },
    });
    expect(conclude(['Aborted', 'Passed']).outcome).toBe('Aborted');
    expect(conclude(['Passed'], 'Halted by ana')).toEqual({
      ...{ outcome: 'Aborted', reason: 'Halted by ana' },
    });
    expect(conclude(['Passed', 'Passed'])).toEqual({
      ...{ outcome: 'Passed', reason: 'each of 2 experiments passed' },
    });
  });

  it('is LeftBehind where somebody gave up to remove a fault', () => {
    expect(conclude(['Failed', 'UndoFailed'])).toEqual({
      ...{ outcome: 'LeftBehind', reason: 'ended-undofailed: UndoFailed: why' },
    });
    expect(scoreOf([row('UndoFailed')], [{ weight: 1 }])).toMatchObject({ failed: 1, unknown: 0 });
  });

  it('is LeftBehind where nobody saw an experiment end, which says nothing of what it was to show', () => {
    expect(conclude(['Failed', 'Lost']).outcome).toBe('LeftBehind');
    expect(scoreOf([row('Lost')], [{ weight: 1 }])).toEqual({ passed: 0, failed: 0, unknown: 1 });
  });

  it('is never Passed where an experiment did not say so', () => {
    for (const outcome of ['Inconclusive', 'NotInjected', 'Refused', 'Missed', 'Skipped']) {
      expect(conclude(['Passed', outcome]).outcome).toBe('Inconclusive');
    }
    expect(conclude([]).outcome).toBe('Inconclusive');
    const many = Array.from({ length: 5 }, () => 'Missed');
    expect(conclude(many).reason).toMatch(/; and 2 more$/u);
  });
});

describe('the score of a campaign', () => {
  it('is of everything that was planned, so that what was not run is not known', () => {
    const rows = [row('Passed', 2), row('Failed'), row('Inconclusive')];
    const planned = [2, 1, 1, 4].map((weight) => ({ weight }));
    expect(scoreOf(rows, planned)).toEqual({ passed: 0.25, failed: 0.125, unknown: 0.625 });
    expect(scoreOf([], [])).toEqual({ passed: 0, failed: 0, unknown: 1 });
  });
});
