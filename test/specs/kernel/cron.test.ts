import { describe, expect, it } from 'vitest';
import { readCron, refuseCron } from '../../../src/specs/kernel/cron.ts';

describe('a cron expression', () => {
  it.each([
    '0 3 * * *',
    '*/15 0-6,22 1,15 jan-mar MON-FRI',
    '0 0 29 2 *',
    '0 0 31 2 mon',
    '30 4 * * 7',
    '@daily',
  ])('%s is taken', (written) => {
    expect(refuseCron(written)).toBeUndefined();
  });

  it.each([
    ['0 3 * *', 'has 4 fields'],
    ['0 0 3 * * *', 'has 6 fields'],
    [
      '60 24 0 13 8',
      'is wrong: "60" is no minute, "24" is no hour, "0" is no day of month, "13" is no month, "8" is no day of week',
    ],
    ['*/0 * * * *', 'is wrong: "*/0" is no minute'],
    ['5-1 * * * *', 'is wrong: "5-1" is no minute'],
    ['0 3 * * noday', 'is wrong: "noday" is no day of week'],
    ['@reboot', 'has 1 field'],
    ['0 0 30 2 *', 'never comes: no such month has that day'],
    ['0 0 31 4,6,sep *', 'never comes: no such month has that day'],
  ])('%s is refused: %s', (written, complaint) => {
    expect(refuseCron(written)).toBe(complaint);
  });
});

describe('the times of a cron expression', () => {
  it('are every value of each field', () => {
    const { minute, hour, dayOfMonth, month, dayOfWeek } = readCron('*/20 1-3,22 1 jan,jun 5-7');
    expect([minute, hour, dayOfMonth, month, dayOfWeek].map((field) => [...field])).toEqual([
      ...[[0, 20, 40], [1, 2, 3, 22], [1], [1, 6], [5, 6, 0]],
    ]);
    expect([...readCron('@weekly').dayOfWeek]).toEqual([0]);
    expect([...readCron('5/20 * * * *').minute]).toEqual([5, 25, 45]);
    expect(readCron('0 3 * * *').dayOfMonth.size).toBe(31);
  });
});
