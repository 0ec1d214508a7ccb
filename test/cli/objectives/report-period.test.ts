import { describe, expect, it } from 'vitest';
import { readPeriod } from '../../../src/cli/objectives/report-period.ts';

const nowMs = Date.parse('2026-11-30T12:00:30Z');
const zone = 'Europe/Berlin';
const shown = (options: Partial<Parameters<typeof readPeriod>[0]>) => {
  const { fromMs, untilMs, isUnfinished } = readPeriod({ zone, ...options }, nowMs);
  return [new Date(fromMs).toISOString(), new Date(untilMs).toISOString(), isUnfinished];
};

describe('the period of a report', () => {
  it('is the present month of the zone, which is not over', () => {
    expect(shown({})).toEqual(['2026-10-31T23:00:00.000Z', '2026-11-30T12:00:00.000Z', true]);
  });

  it('is a month of the zone, which is as long as it is there', () => {
    expect(shown({ month: '2026-10' })).toEqual([
      ...['2026-09-30T22:00:00.000Z', '2026-10-31T23:00:00.000Z', false],
    ]);
  });

  it('is the time until now', () => {
    expect(shown({ last: '24h' })).toEqual([
      ...['2026-11-29T12:00:00.000Z', '2026-11-30T12:00:00.000Z', true],
    ]);
  });

  it('begins with a date of the zone, or at a time with its offset', () => {
    expect(shown({ from: '2026-11-01', to: '2026-11-02T12:00Z' })).toEqual([
      ...['2026-10-31T23:00:00.000Z', '2026-11-02T12:00:00.000Z', false],
    ]);
  });

  it('begins with a time of the zone, as maintenance and downtime do', () => {
    expect(shown({ from: '2026-11-02T10:00', to: '2026-11-02T12:00' })).toEqual([
      ...['2026-11-02T09:00:00.000Z', '2026-11-02T11:00:00.000Z', false],
    ]);
  });

  it('has the offset of its own dates, and not that of today, so that no report is an hour late', () => {
    expect(shown({ from: '2026-07-10T09:00', to: '2026-07-10T17:00' })).toEqual([
      ...['2026-07-10T07:00:00.000Z', '2026-07-10T15:00:00.000Z', false],
    ]);
    expect(shown({ from: '2026-07-01', to: '2026-11-01' }).slice(0, 2)).toEqual([
      ...['2026-06-30T22:00:00.000Z', '2026-10-31T23:00:00.000Z'],
    ]);
  });

  it('is not over where it ends now, or while its last minutes are still read', () => {
    expect(shown({ from: '2026-11-01' }).at(-1)).toBe(true);
    expect(shown({ from: '2026-11-01', to: '2026-11-30T11:00Z' }).at(-1)).toBe(true);
    expect(shown({ from: '2026-11-01', to: '2026-11-30T10:55Z' }).at(-1)).toBe(false);
  });

  it('is refused with every problem at once', () => {
    const read = () =>
      readPeriod({ zone, month: '2026-13', last: 'long', from: '2026-02-30' }, nowMs);
    expect(read).toThrow(/--last: "long".*\n.*--month: "2026-13".*\n.*--from: "2026-02-30"/s);
  });

  it.each([
    [{ zone: 'Mars/Olympus' }, /--zone: "Mars\/Olympus" is no IANA time zone/],
    [{ last: '7d', month: '2026-10' }, /give one of/],
    [{ to: '2026-11-02' }, /--from: missing/],
    [{ from: '2026-11-02', to: '2026-11-01' }, /ends before it begins/],
    [{ month: '2027-01' }, /has not begun/],
    [{ from: '2026-03-29T02:30' }, /does not exist in Europe\/Berlin/],
  ])('is refused where it cannot be meant: %j', (options, problem) => {
    expect(() => readPeriod({ zone, ...options }, nowMs)).toThrow(problem);
  });
});
