import { showGiven } from '../../../specs/kernel/given.ts';
import { calendarUnits, type CalendarUnit } from '../../../specs/objectives/objective.ts';
import { calendarDurations, isFirstDay } from './length.ts';
import { mappingAt, textAt, type Complaints } from './judge-fields.ts';

/** The window, and its zone, as a file of Belay has them. */
export function readWindow(
  written: unknown,
  path: string,
  complaints: Complaints,
): { window?: string; zone?: string } {
  if (!Array.isArray(written) || written.length !== 1) {
    complaints.add(path, 'write a list with exactly one window');
    return {};
  }
  const at = `${path}[0]`;
  const known = ['duration', 'isRolling', 'calendar'];
  const window = mappingAt(written[0], at, { known, complaints });
  if (window === undefined) return {};
  const duration = textAt(window['duration'], `${at}.duration`, complaints);
  const { isRolling, calendar } = window;
  if (isRolling === true) {
    if (calendar !== undefined) {
      complaints.add(`${at}.calendar`, 'is for isRolling: false; leave it out');
    }
    return { window: rollingLength(duration, `${at}.duration`, complaints) };
  }
  if (isRolling !== false && isRolling !== undefined) {
    complaints.add(`${at}.isRolling`, `${showGiven(isRolling)} is neither true nor false`);
  }
  return readCalendar(duration, calendar, { at, complaints });
}

function rollingLength(duration: string, path: string, complaints: Complaints): string {
  const [, count = '', unit = ''] = /^([1-9]\d*)([mhdwMQY])$/.exec(duration) ?? [];
  if ('mhd'.includes(unit) && unit !== '') return duration;
  if (unit === 'w') return `${Number(count) * 7}d`;
  if (duration === '') return '';
  const why = unit === '' ? 'is no duration' : 'has no fixed length where it is rolling';
  complaints.add(path, `${showGiven(duration)} ${why}; write days, such as 30d`);
  return '';
}

function readCalendar(
  duration: string,
  calendar: unknown,
  { at, complaints }: { at: string; complaints: Complaints },
): { window?: string; zone?: string } {
  const unit = calendarUnits.find((each) => calendarDurations[each] === duration);
  if (unit === undefined && duration !== '') {
    const all = Object.values(calendarDurations).join(', ');
    complaints.add(
      `${at}.duration`,
      `${showGiven(duration)} is no calendar of Belay; write ${all}`,
    );
  }
  const known = ['startTime', 'timeZone'];
  const given = mappingAt(calendar, `${at}.calendar`, { known, complaints });
  if (given === undefined) return {};
  const zone = textAt(given['timeZone'], `${at}.calendar.timeZone`, complaints);
  judgeStart(unit, given['startTime'], { path: `${at}.calendar.startTime`, complaints });
  return { ...(unit !== undefined && { window: unit }), zone };
}

function judgeStart(
  unit: CalendarUnit | undefined,
  startTime: unknown,
  { path, complaints }: { path: string; complaints: Complaints },
): void {
  const start = textAt(startTime, path, complaints);
  if (start === '') return;
  const [, date, time] = /^(\d{4}-\d{2}-\d{2})(?: (\d{2}:\d{2}:\d{2}))?$/.exec(start) ?? [];
  if (date === undefined) {
    complaints.add(path, `${showGiven(start)} is no time; write one such as 2024-01-01 00:00:00`);
  } else if ((time ?? '00:00:00') !== '00:00:00') {
    complaints.add(path, `${showGiven(start)} cannot be honoured: a period begins at midnight`);
  } else if (unit !== undefined && !isFirstDay(unit, date)) {
    const first = unit === 'week' ? 'a Monday' : `the first day of a ${unit}`;
    complaints.add(path, `${showGiven(start)} cannot be honoured: a ${unit} begins on ${first}`);
  }
}
