import { describe, expect, it } from 'vitest';
import type { CampaignSchedule } from '../../../../src/contracts/chaos/campaign-schedules.ts';
import { listLateCampaigns } from '../../../../src/policies/chaos/campaigns/list-late-campaigns.ts';

const nowMs = Date.UTC(2026, 10, 30, 9);
const hoursAgo = (hours: number) => nowMs - hours * 3_600_000;
const subject = { environment: 'staging', name: 'daily' };

const daily: CampaignSchedule = {
  ...{ subject, schedule: { cron: '0 8 * * *', zone: 'Europe/Berlin' } },
  ...{ isPaused: false, isOpen: false, sinceMs: hoursAgo(1_000) },
};

const isLate = (changes: Partial<CampaignSchedule>, ...startedHoursAgo: number[]) => {
  const runs = startedHoursAgo.map((hours) => ({ subject, startedAtMs: hoursAgo(hours) }));
  return listLateCampaigns([{ ...daily, ...changes }], runs, nowMs).length === 1;
};

describe('a campaign that begins daily', () => {
  it('is late once it was not started for a day and a quarter', () => {
    expect(isLate({}, 29, 60)).toBe(false);
    expect(isLate({}, 31, 60)).toBe(true);
  });

  it('is late where it was never started', () => {
    expect(isLate({})).toBe(true);
  });

  it('has a day and a quarter from when its schedule was made, changed or resumed', () => {
    expect(isLate({ sinceMs: hoursAgo(29) })).toBe(false);
    expect(isLate({ sinceMs: hoursAgo(31) })).toBe(true);
  });

  it('is not late while it is under way, or while somebody has paused its schedule', () => {
    expect(isLate({ isOpen: true }, 60)).toBe(false);
    expect(isLate({ isPaused: true }, 60)).toBe(false);
  });

  it('is not saved by the runs of another campaign', () => {
    const other = { subject: { environment: 'prod', name: 'daily' }, startedAtMs: hoursAgo(1) };
    expect(listLateCampaigns([daily], [other], nowMs)).toEqual([subject]);
  });

  it('is named once, also where two of its schedules were missed', () => {
    expect(listLateCampaigns([daily, daily], [], nowMs)).toEqual([subject]);
  });

  it('is late by a schedule that this version cannot read: nobody can say that it is in time', () => {
    expect(isLate({ schedule: { fortnightly: true } }, 1)).toBe(true);
    expect(isLate({ schedule: { fortnightly: true }, isPaused: true })).toBe(false);
  });
});

it('a campaign that begins each hour is late after two', () => {
  expect(isLate({ schedule: { every: '1h' } }, 1.9)).toBe(false);
  expect(isLate({ schedule: { every: '1h' } }, 2.1)).toBe(true);
});
