import { describe, expect, it } from 'vitest';
import { chooseSchedule } from '../../src/cli/schedules/find-schedule.ts';

const nightly = 'schedule/errand/demo/milk/nightly';
const weekly = 'schedule/errand/demo/milk/weekly';
const bread = 'schedule/errand/live/bread/default';

describe('naming a schedule', () => {
  it.each([
    [nightly, nightly],
    ['nightly', nightly],
    ['milk/weekly', weekly],
    ['errand/demo/milk/weekly', weekly],
    ['bread', bread],
    ['live/bread', bread],
    ['errand/live/bread', bread],
  ])('finds %s', (typed, id) => {
    expect(chooseSchedule(typed, [nightly, weekly, bread])).toBe(id);
  });

  it('lists all that may be meant', () => {
    expect(() => chooseSchedule('demo/milk', [nightly, weekly, bread])).toThrow(
      `"demo/milk" names more than one schedule; say which one:\n  ${nightly}\n  ${weekly}`,
    );
  });

  it.each(['demo', 'read', 'errand', 'tea'])('finds nothing under %s', (typed) => {
    expect(() => chooseSchedule(typed, [nightly, weekly, bread])).toThrow('belay schedule list');
  });
});
