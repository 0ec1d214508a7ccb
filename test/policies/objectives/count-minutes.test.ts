import { describe, expect, it } from 'vitest';
import { correctMinute } from '../../../src/policies/objectives/correct-minute.ts';
import { countMinutes, silentMinute } from '../../../src/policies/objectives/count-minutes.ts';
import { dueBoundaries } from '../../../src/policies/objectives/due-boundaries.ts';
import { updateHour } from '../../../src/policies/objectives/update-hour.ts';
import { minuteAt, objectiveOf, readingAt } from '../../fixtures/objective.ts';

const minute = 60_000;
const at = Date.UTC(2026, 10, 30, 12);
const counter = (total: number, bad = 0) => ({ pod: { sinceMs: 1, total, bad } });

describe('the minutes between two readings', () => {
  it('are one where both are a minute apart, however late the reader was', () => {
    const before = readingAt(at + 900, counter(100, 1));
    const after = { atMs: at + minute + 2_100, counters: counter(160, 3) };
    expect(countMinutes(before, after)).toEqual([minuteAt(at, 58, 2)]);
  });

  it('share their requests to the last one where the monitor was down, as time that was not measured', () => {
    const before = readingAt(at, counter(0));
    const minutes = countMinutes(before, { atMs: at + 3 * minute, counters: counter(100, 4) });
    expect(minutes.map(({ good, bad }) => [good, bad])).toEqual([
      [32, 2],
      [32, 1],
      [32, 1],
    ]);
    expect(minutes.every((each) => each.quality === 'spread' && each.coverageMs === 0)).toBe(true);
  });

  it('are not divided over more than six hours: nobody knows when the requests were', () => {
    const before = readingAt(at, counter(0));
    const after = { atMs: at + 20_160 * minute, counters: counter(1e6, 4) };
    expect(countMinutes(before, after)).toEqual([
      silentMinute(at + 20_159 * minute, 'nobody has measured for 14d'),
    ]);
    const six = countMinutes(before, { atMs: at + 360 * minute, counters: counter(360) });
    expect(six).toHaveLength(360);
  });

  it('are none between two readings of one boundary', () => {
    const before = readingAt(at, counter(0));
    expect(countMinutes(before, { atMs: at + 9_000, counters: counter(5) })).toEqual([]);
  });

  it('are marked where a replica came or went', () => {
    const before = readingAt(at, counter(10));
    const [only] = countMinutes(before, { atMs: at + minute, counters: {} });
    expect(only).toMatchObject({ quality: 'partial', good: 0 });
  });
});

describe('the boundaries to read', () => {
  it('are those whose lag is over', () => {
    const nowMs = at + 5 * minute + 30_000;
    expect(dueBoundaries(at + minute, { nowMs, lagMs: minute, most: 60 })).toEqual([
      ...[at + 2 * minute, at + 3 * minute, at + 4 * minute],
    ]);
    expect(dueBoundaries(at + 4 * minute, { nowMs, lagMs: minute, most: 60 })).toEqual([]);
  });

  it('begin with the newest where nothing was read before', () => {
    const nowMs = at + 30_000;
    expect(dueBoundaries(undefined, { nowMs, lagMs: 0, most: 60 })).toEqual([at]);
  });

  it('are the newest ones after a long time', () => {
    const due = dueBoundaries(at - 600 * minute, { nowMs: at, lagMs: 0, most: 3 });
    expect(due).toEqual([at - 2 * minute, at - minute, at]);
  });
});

describe('a correction', () => {
  it('is the next version, and the minute before it is kept', () => {
    const known = minuteAt(at, 100, 1);
    const update = updateHour(
      objectiveOf(),
      { objective: 'checkout', atMs: at, minutes: [known] },
      [minuteAt(at, 120, 1), minuteAt(at + minute, 5)],
    );
    expect(update.minutes).toEqual([
      minuteAt(at, 120, 1, { version: 2 }),
      minuteAt(at + minute, 5),
    ]);
    expect(update.corrected).toEqual([known]);
    expect(update.tally).toMatchObject({ good: 125, bad: 1, noDataMs: 58 * minute });
  });

  it('is none where the same is found again', () => {
    expect(
      correctMinute(minuteAt(at, 100, 1, { version: 3 }), minuteAt(at, 100, 1)),
    ).toBeUndefined();
  });

  it('never puts no data in the place of data', () => {
    const silent = silentMinute(at, 'Prometheus does not answer');
    expect(correctMinute(minuteAt(at, 100), silent)).toBeUndefined();
    expect(correctMinute(silent, minuteAt(at, 100))).toMatchObject({ version: 2, good: 100 });
  });

  it('never puts less data in the place of more', () => {
    const whole = minuteAt(at, 0, 4);
    expect(correctMinute(whole, minuteAt(at, 0, 1, { coverageMs: 15_000 }))).toBeUndefined();
    const most = minuteAt(at, 0, 3, { coverageMs: 45_000 });
    expect(correctMinute(most, whole)).toMatchObject({ bad: 4, version: 2 });
  });

  it('does not overrule a person', () => {
    const down = minuteAt(at, 0, 1, { quality: 'by-hand', why: 'ana: the provider was down' });
    expect(correctMinute(down, minuteAt(at, 100))).toBeUndefined();
  });
});
