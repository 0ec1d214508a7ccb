import { expect, test } from 'vitest';
import { daysBetween } from '../../../../src/adapters/calendar/days-between.ts';
import { periodAround } from '../../../../src/adapters/calendar/periods.ts';
import { hourMs, minuteMs } from '../../../../src/contracts/objectives/minute.ts';
import { emptyTally } from '../../../../src/contracts/objectives/tally.ts';
import { planReading } from '../../../../src/policies/objectives/report/plan-reading.ts';
import { withoutGaps } from '../../../../src/policies/objectives/report/without-gaps.ts';

const noon = Date.UTC(2026, 10, 30, 12);

test('whole hours are added up by the database, and the ends are read in minutes', () => {
  const span = { fromMs: noon + 10 * minuteMs, untilMs: noon + 3 * hourMs + 5 * minuteMs };
  expect(planReading(span, [])).toEqual({
    hours: [{ fromMs: noon + hourMs, untilMs: noon + 3 * hourMs }],
    minutes: [
      { fromMs: noon + 10 * minuteMs, untilMs: noon + hourMs },
      { fromMs: noon + 3 * hourMs, untilMs: noon + 3 * hourMs + 5 * minuteMs },
    ],
  });
});

test('an hour in which something is excluded is read in minutes', () => {
  const excluded = { fromMs: noon + 70 * minuteMs, untilMs: noon + 80 * minuteMs };
  expect(planReading({ fromMs: noon, untilMs: noon + 3 * hourMs }, [excluded])).toEqual({
    hours: [
      { fromMs: noon, untilMs: noon + hourMs },
      { fromMs: noon + 2 * hourMs, untilMs: noon + 3 * hourMs },
    ],
    minutes: [{ fromMs: noon + hourMs, untilMs: noon + 2 * hourMs }],
  });
});

test('hours that nobody wrote have no data, and are not left out of the time', () => {
  const known = { ...emptyTally, good: 5, goodMs: hourMs };
  expect(withoutGaps(known, 3 * hourMs)).toEqual({
    ...known,
    ...{ noDataMs: 2 * hourMs, unknownMs: 2 * hourMs },
  });
});

const zones = [
  ...['UTC', 'Europe/Berlin', 'America/New_York', 'America/St_Johns', 'America/Sao_Paulo'],
  ...['Asia/Kolkata', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'Pacific/Apia', 'Africa/Cairo'],
  ...['Asia/Tehran', 'Pacific/Chatham', 'America/Havana', 'Asia/Beirut', 'Europe/Dublin'],
  ...['Africa/Casablanca', 'America/Santiago', 'Asia/Gaza', 'Antarctica/Troll', 'Asia/Tokyo'],
];

test('a thousand months of twenty zones are exactly as long as their days, and as what is read of them', () => {
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed % below;
  };
  for (let count = 0; count < 1_000; count++) {
    const zone = zones[count % zones.length] ?? 'UTC';
    const atMs = Date.UTC(2016 + random(20), random(12), 15);
    const { fromMs, untilMs } = periodAround(atMs, 'month', zone);
    const days = daysBetween(fromMs, untilMs, zone);
    expect(days[0]?.fromMs).toBe(fromMs);
    expect(days.at(-1)?.untilMs).toBe(untilMs);
    const excludedFromMs = fromMs + random(20 * 86_400) * 1_000;
    const excluded = [{ fromMs: excludedFromMs, untilMs: excludedFromMs + random(300) * minuteMs }];
    const read = days.flatMap((day) => {
      const { hours, minutes } = planReading(day, excluded);
      return [...hours, ...minutes];
    });
    const lengthMs = read.reduce((sum, each) => sum + each.untilMs - each.fromMs, 0);
    expect(lengthMs, `${zone} ${new Date(atMs).toISOString()}`).toBe(untilMs - fromMs);
  }
});
