import { describe, expect, it } from 'vitest';
import { periodAround } from '../../../src/adapters/calendar/periods.ts';
import { emptyTally } from '../../../src/contracts/objectives/tally.ts';
import { minuteMs, type Minute } from '../../../src/contracts/objectives/minute.ts';
import { isGoodMinute } from '../../../src/policies/objectives/judge-minute.ts';
import {
  addTallies,
  byTime,
  tallyMinutes,
  type Span,
} from '../../../src/policies/objectives/tally.ts';
import { minuteAt, objectiveOf } from '../../fixtures/objective.ts';

const at = Date.UTC(2026, 10, 30, 12);
const objective = objectiveOf();
const isGood = (minute: Minute) => isGoodMinute(objective, minute);
const tally = (minutes: Minute[], count: number, exclusions: Span[] = []) =>
  tallyMinutes(
    byTime(minutes),
    { fromMs: at, untilMs: at + count * minuteMs },
    { exclusions, isGood },
  );

describe('a time', () => {
  it('has four parts that are as long as it is', () => {
    const minutes = [minuteAt(at, 100), minuteAt(at + minuteMs, 90, 10)];
    const maintenance = { fromMs: at + 2 * minuteMs, untilMs: at + 3 * minuteMs };
    expect(tally(minutes, 5, [maintenance])).toEqual({
      ...emptyTally,
      ...{ good: 190, bad: 10, busiest: 100 },
      ...{ goodMs: minuteMs, badMs: minuteMs, noDataMs: 2 * minuteMs, excludedMs: minuteMs },
      unknownMs: 2 * minuteMs,
    });
  });

  it('without a single request is neither good nor covered, and nothing about it is unknown', () => {
    const nights = [0, 1, 2].map((index) => minuteAt(at + index * minuteMs, 0));
    expect(tally(nights, 3)).toMatchObject({
      ...{ goodMs: 0, badMs: 0, noDataMs: 3 * minuteMs, idleMs: 3 * minuteMs, unknownMs: 0 },
    });
  });

  it('of which the monitor was down is no data: neither an outage nor 100 %', () => {
    expect(tally([], 60)).toEqual({
      ...{ ...emptyTally, noDataMs: 60 * minuteMs, unknownMs: 60 * minuteMs },
    });
  });

  it('counts an outage that began before it only from its beginning on', () => {
    const outage = [-2, -1, 0, 1].map((index) => minuteAt(at + index * minuteMs, 0, 50));
    expect(tally(outage, 60)).toMatchObject({ bad: 100, badMs: 2 * minuteMs });
  });

  it('takes maintenance out of good and bad requests alike', () => {
    const minutes = [minuteAt(at, 10, 90), minuteAt(at + minuteMs, 100)];
    const maintenance = { fromMs: at, untilMs: at + minuteMs };
    expect(tally(minutes, 2, [maintenance])).toMatchObject({ good: 100, bad: 0 });
  });

  it('is excluded from the beginning of a maintenance until its end, and not a minute longer', () => {
    const maintenance = { fromMs: at + 10 * minuteMs, untilMs: at + 20 * minuteMs };
    const overlapping = { fromMs: at + 15 * minuteMs, untilMs: at + 25 * minuteMs };
    expect(tally([], 60, [maintenance]).excludedMs).toBe(10 * minuteMs);
    expect(tally([], 60, [maintenance, overlapping]).excludedMs).toBe(15 * minuteMs);
  });
});

/** A small generator with a seed, so that a failure can be repeated. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const zones = [
  ...['UTC', 'Europe/Berlin', 'America/New_York', 'America/Sao_Paulo', 'Asia/Tokyo'],
  ...['Asia/Kolkata', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'Australia/Sydney', 'Africa/Cairo'],
  ...['America/St_Johns', 'Pacific/Apia', 'Pacific/Chatham', 'Pacific/Auckland', 'Asia/Tehran'],
  ...['America/Havana', 'Atlantic/Azores', 'Africa/Casablanca', 'America/Asuncion', 'Asia/Beirut'],
];

describe('the four parts', () => {
  it('add up exactly in 1,000 random months over 20 zones, and so do their days', () => {
    const random = generator(16);
    const lengths = new Set<number>();
    for (let round = 0; round < 1_000; round++) {
      const zone = zones[round % zones.length] ?? 'UTC';
      const someday = Date.UTC(2005 + Math.floor(random() * 30), Math.floor(random() * 12), 15);
      const month = periodAround(someday, 'month', zone);
      const lengthMs = month.untilMs - month.fromMs;
      const moment = () => month.fromMs + Math.floor((random() * lengthMs) / minuteMs) * minuteMs;
      const minutes = Array.from({ length: 200 }, () =>
        minuteAt(moment(), Math.floor(random() * 50), Math.floor(random() * 3), {
          coverageMs: Math.floor(random() * (minuteMs + 1)),
        }),
      );
      const exclusions = Array.from({ length: 3 }, () => {
        const fromMs = moment() - 600 * minuteMs;
        return { fromMs, untilMs: fromMs + Math.floor(random() * 2_000) * minuteMs };
      });
      const options = { exclusions, isGood };
      const whole = tallyMinutes(byTime(minutes), month, options);
      const { goodMs, badMs, noDataMs, excludedMs } = whole;
      expect(goodMs + badMs + noDataMs + excludedMs).toBe(lengthMs);
      if (round % 50 === 0) {
        const days = [];
        for (let fromMs = month.fromMs; fromMs < month.untilMs;) {
          const day = periodAround(fromMs, 'day', zone);
          days.push(tallyMinutes(byTime(minutes), day, options));
          lengths.add((day.untilMs - day.fromMs) / 3_600_000);
          fromMs = day.untilMs;
        }
        expect(addTallies(days)).toEqual(whole);
      }
    }
    expect(lengths.size).toBeGreaterThan(1);
  });
});
