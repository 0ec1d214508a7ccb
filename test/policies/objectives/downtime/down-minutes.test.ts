import { describe, expect, it } from 'vitest';
import { minuteMs } from '../../../../src/contracts/objectives/minute.ts';
import {
  downMinutes,
  usualRequests,
} from '../../../../src/policies/objectives/downtime/down-minutes.ts';
import { byTime } from '../../../../src/policies/objectives/tally.ts';
import { minuteAt, objectiveOf } from '../../../fixtures/objective.ts';

const noon = Date.UTC(2026, 10, 30, 12);
const span = { fromMs: noon, untilMs: noon + 2 * minuteMs };
const beside = { known: byTime([minuteAt(noon, 90, 10)]), usual: 70, why: 'ana: the provider' };

describe('a minute that is recorded as down', () => {
  it('has all requests that were counted in it as bad, and the usual number where none were', () => {
    expect(downMinutes(objectiveOf(), span, beside)).toMatchObject([
      { atMs: noon, good: 0, bad: 100, quality: 'by-hand', coverageMs: minuteMs },
      { atMs: noon + minuteMs, good: 0, bad: 70, why: 'ana: the provider' },
    ]);
  });

  it('had no throughput', () => {
    const minutes = downMinutes(objectiveOf({ indicator: 'throughput' }), span, beside);
    expect(minutes.map(({ good, bad }) => good + bad)).toEqual([0, 0]);
  });

  it('stays as it is where it is recorded again', () => {
    const once = downMinutes(objectiveOf(), span, beside);
    expect(downMinutes(objectiveOf(), span, { ...beside, known: byTime(once) })).toEqual(once);
  });
});

it('the usual number of requests is that of measured minutes, and never none', () => {
  const silent = minuteAt(noon, 0, 0, { quality: 'none', coverageMs: 0 });
  expect(usualRequests([minuteAt(noon, 99, 1), minuteAt(noon, 200), silent])).toBe(150);
  expect(usualRequests([silent])).toBe(1);
  expect(usualRequests([])).toBe(1);
});
