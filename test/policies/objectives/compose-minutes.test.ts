import { describe, expect, it } from 'vitest';
import { minuteMs, type Minute } from '../../../src/contracts/objectives/minute.ts';
import {
  changedMinutes,
  composeMinutes,
} from '../../../src/policies/objectives/compose-minutes.ts';
import { silentMinute } from '../../../src/policies/objectives/count-minutes.ts';
import { minuteAt, objectiveOf } from '../../fixtures/objective.ts';

const atMs = Date.UTC(2026, 10, 30, 12);
const span = { fromMs: atMs, untilMs: atMs + minuteMs };
const compose = (...all: (Minute | undefined)[]) =>
  composeMinutes(
    all.map((minute, index) => ({
      objective: objectiveOf({ name: `member-${index}`, target: 0.9 }),
      minutes: minute === undefined ? [] : [minute],
    })),
    span,
  )[0];

const [good, bad, idle] = [minuteAt(atMs, 100), minuteAt(atMs, 50, 50), minuteAt(atMs, 0)];
const silent = silentMinute(atMs, 'Prometheus does not answer');

describe('a minute of a composite', () => {
  it('is good where it was good for each of its members, however many requests they had', () => {
    expect(compose(good, minuteAt(atMs, 1))).toMatchObject({ good: 1, bad: 0, quality: 'counted' });
  });

  it('is bad where it was bad for one of them, also where another one has no data', () => {
    expect(compose(good, bad)).toMatchObject({ good: 0, bad: 1, coverageMs: minuteMs });
    expect(compose(silent, bad)).toMatchObject({ good: 0, bad: 1 });
  });

  it('has no data where a member has none and no other one was bad: what is missing is never good', () => {
    expect(compose(good, silent)).toMatchObject({ quality: 'none', why: 'no data of member-1' });
    expect(compose(undefined, good)).toMatchObject({ quality: 'none', why: 'no data of member-0' });
  });

  it('leaves members without requests out, and has none itself where no member had any', () => {
    expect(compose(good, idle)).toMatchObject({ good: 1, bad: 0 });
    expect(compose(idle, idle)).toMatchObject({ good: 0, bad: 0, quality: 'counted' });
  });

  it('is measured as far as its members were', () => {
    const half = minuteAt(atMs, 100, 0, { coverageMs: minuteMs / 2, quality: 'partial' });
    expect(compose(good, half)).toMatchObject({ coverageMs: minuteMs / 2, quality: 'partial' });
  });

  it('is there only where a member has one, and changes only where it says something else', () => {
    expect(compose(undefined, undefined)).toBeUndefined();
    const composed = [minuteAt(atMs, 1)];
    expect(changedMinutes([], composed)).toEqual(composed);
    expect(changedMinutes(composed, composed)).toEqual([]);
    expect(changedMinutes([minuteAt(atMs, 0, 1)], composed)).toEqual(composed);
    expect(changedMinutes([minuteAt(atMs, 0, 1, { quality: 'by-hand' })], composed)).toEqual([]);
  });
});
