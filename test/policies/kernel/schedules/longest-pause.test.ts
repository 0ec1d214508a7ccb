import { describe, expect, it } from 'vitest';
import { longestPauseMs } from '../../../../src/policies/kernel/schedules/longest-pause.ts';

const fromMs = Date.parse('2026-11-29T12:00Z');
const hourMs = 3_600_000;

describe('the longest time between two starts of a schedule', () => {
  it.each([
    [{ everyMs: 6 * hourMs }, 6],
    [{ cron: '0 2 * * *' }, 24],
    [{ cron: '0 */6 * * *' }, 6],
    [{ cron: '0 2 * * mon-fri' }, 72],
    [{ cron: '@weekly' }, 7 * 24],
    [{ cron: '0 3 1 * *' }, 31 * 24],
    [{ cron: '@yearly' }, 365 * 24],
    [{ calendar: { hour: [3, 15], minute: [30] } }, 12],
    [{ calendar: { dayOfWeek: [0] } }, 7 * 24],
  ])('%o: %d hours', (timing, hours) => {
    expect(longestPauseMs({ timing }, fromMs)).toBe(hours * hourMs);
  });
});
