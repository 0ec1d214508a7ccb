import { describe, expect, it } from 'vitest';
import { postmortemDueAt } from '../../../../src/policies/recovery/incidents/postmortem-due.ts';

describe('when a postmortem is due', () => {
  it.each([
    [
      'three days are 72 hours',
      { days: 3 },
      'Europe/Berlin',
      '2026-03-27T12:00Z',
      '2026-03-30T12:00Z',
    ],
    [
      'five business days end with the fifth on the clock of the zone',
      { businessDays: 5 },
      'UTC',
      '2026-11-30T08:00Z',
      '2026-12-08T00:00Z',
    ],
    [
      'a weekend is skipped, also where it begins',
      { businessDays: 1 },
      'UTC',
      '2026-11-28T08:00Z',
      '2026-12-01T00:00Z',
    ],
    [
      'a holiday is skipped',
      { businessDays: 2 },
      'Europe/Berlin',
      '2026-12-23T12:00Z',
      '2026-12-28T23:00Z',
    ],
    [
      'the clocks go forward meanwhile',
      { businessDays: 1 },
      'Europe/Berlin',
      '2026-03-27T12:00Z',
      '2026-03-30T22:00Z',
    ],
    [
      'the clocks go back meanwhile',
      { businessDays: 1 },
      'Europe/Berlin',
      '2026-10-23T12:00Z',
      '2026-10-26T23:00Z',
    ],
    [
      'midnight is skipped by the clocks',
      { businessDays: 4 },
      'America/Sao_Paulo',
      '2018-10-30T12:00Z',
      '2018-11-06T02:00Z',
    ],
    [
      'the day is another one in the zone',
      { businessDays: 1 },
      'Pacific/Auckland',
      '2026-12-03T23:00Z',
      '2026-12-07T11:00Z',
    ],
  ])('%s', (_title, term, zone, ended, due) => {
    const holidays = ['2026-12-25'];
    const atMs = postmortemDueAt(term, Date.parse(ended), { zone, holidays });
    expect(new Date(atMs).toISOString()).toBe(new Date(due).toISOString());
  });
});
