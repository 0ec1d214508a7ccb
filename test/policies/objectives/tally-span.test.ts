import { describe, expect, it } from 'vitest';
import { hourMs, minuteMs, type Minute } from '../../../src/contracts/objectives/minute.ts';
import { emptyTally, type Tally } from '../../../src/contracts/objectives/tally.ts';
import { isGoodMinute } from '../../../src/policies/objectives/judge-minute.ts';
import { rollingSpan } from '../../../src/policies/objectives/spans.ts';
import { addTallies, byTime, tallyMinutes } from '../../../src/policies/objectives/tally.ts';
import { tallySpan } from '../../../src/policies/objectives/tally-span.ts';
import { minuteAt, objectiveOf } from '../../fixtures/objective.ts';

const noon = Date.UTC(2026, 10, 30, 12);
const objective = objectiveOf();
const isGood = (minute: Minute) => isGoodMinute(objective, minute);

describe('a long window', () => {
  const minutes = Array.from({ length: 8 * 60 }, (_, index) =>
    minuteAt(noon + index * minuteMs, 100 + (index % 7), index % 11 === 0 ? 1 : 0),
  );
  const hoursOf = (count: number) =>
    new Map(
      Array.from({ length: count }, (_, index): [number, Tally] => {
        const fromMs = noon + index * hourMs;
        const span = { fromMs, untilMs: fromMs + hourMs };
        return [fromMs, tallyMinutes(byTime(minutes), span, { exclusions: [], isGood })];
      }),
    );
  const span = { fromMs: noon, untilMs: noon + 7 * hourMs + 20 * minuteMs };

  it('adds up from hours and minutes to what its minutes add up to', () => {
    const options = { exclusions: [], isGood };
    const recent = minutes.filter(({ atMs }) => atMs >= noon + 5 * hourMs);
    const known = { minutes: byTime(recent), hours: hoursOf(5) };
    expect(tallySpan(known, span, options)).toEqual(tallyMinutes(byTime(minutes), span, options));
  });

  it('adds up from one sum of several hours, and hours and minutes beside it', () => {
    const options = { exclusions: [], isGood };
    const hours = hoursOf(7);
    const first = [0, 1, 2].map((index) => hours.get(noon + index * hourMs) ?? emptyTally);
    const block = { untilMs: noon + 3 * hourMs, tally: addTallies(first) };
    for (const [index] of first.entries()) hours.delete(noon + index * hourMs);
    const recent = minutes.filter(({ atMs }) => atMs >= noon + 7 * hourMs);
    const known = { minutes: byTime(recent), hours, blocks: new Map([[noon, block]]) };
    expect(tallySpan(known, span, options)).toEqual(tallyMinutes(byTime(minutes), span, options));
  });

  it('counts a minute of an old hour that is written late', () => {
    const options = { exclusions: [], isGood };
    const hours = hoursOf(7);
    const late = minutes.filter(({ atMs }) => atMs === noon + 59 * minuteMs);
    const known = { minutes: byTime(late), hours };
    const whole = { fromMs: noon, untilMs: noon + hourMs };
    expect(tallySpan(known, whole, options)).toEqual(hours.get(noon));
  });

  it('is as long as it is where an hour was never measured', () => {
    const known = { minutes: new Map<number, Minute>(), hours: new Map<number, Tally>() };
    const tally = tallySpan(known, span, { exclusions: [], isGood });
    expect(tally.noDataMs).toBe(span.untilMs - span.fromMs);
  });

  it('takes an exclusion out of an hour by its minutes', () => {
    const exclusions = [{ fromMs: noon + 70 * minuteMs, untilMs: noon + 80 * minuteMs }];
    const known = { minutes: byTime(minutes), hours: hoursOf(7) };
    const options = { exclusions, isGood };
    expect(tallySpan(known, span, options)).toEqual(tallyMinutes(byTime(minutes), span, options));
  });
});

describe('a rolling window', () => {
  it('is exact to the minute up to six hours, and begins at a full hour above', () => {
    const untilMs = noon + 10 * minuteMs + 5_000;
    const lengthOf = (lengthMs: number) => {
      const span = rollingSpan(untilMs, lengthMs);
      return (span.untilMs - span.fromMs) / minuteMs;
    };
    expect(lengthOf(5 * minuteMs)).toBe(5);
    expect(lengthOf(6 * hourMs)).toBe(360);
    expect(lengthOf(24 * hourMs)).toBe(23 * 60 + 10);
  });
});
