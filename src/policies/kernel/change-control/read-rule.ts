import type { CalendarRule } from '../../../contracts/kernel/change-control.ts';
import { dayNames, everyDay } from './calendar-words.ts';

export interface ReadRule {
  rule: CalendarRule;
  /** What was written after the times. */
  rest: string;
}

const acceptedRules =
  'write "Fri 16:00 to Mon 08:00", "Mon-Fri 22:00 to 06:00", "daily 22:00 to 06:00" or "weekends"';

const rulePattern =
  /^(?<days>[a-z]+(?:(?:\s*-\s*|\s*,\s*)[a-z]+)*)\s+(?<from>\d{1,2}:\d\d)\s+to\s+(?:(?<toDay>[a-z]+)\s+)?(?<to>\d{1,2}:\d\d)(?:\s+(?<rest>\S+))?$/i;

/** Reads a weekly window; anything else is refused with what is accepted. */
export function readRule(text: string): ReadRule | { problem: string } {
  const refuse = (why: string) => ({ problem: `${JSON.stringify(text)} ${why}; ${acceptedRules}` });
  const weekends = /^weekends(?:\s+(?<rest>\S+))?$/i.exec(text.trim());
  if (weekends !== null) {
    const rule = { weekdays: [6], from: '00:00', to: '00:00', days: 2 };
    return { rule, rest: weekends.groups?.['rest'] ?? '' };
  }
  const parts = rulePattern.exec(text.trim())?.groups;
  if (parts === undefined) return refuse('is not a weekly window');
  const weekdays = readDays(parts['days'] ?? '');
  if (weekdays === undefined) return refuse('names a day that there is not');
  const [from, to] = [readClock(parts['from']), readClock(parts['to'])];
  if (from === undefined || to === undefined) return refuse('has a time that no clock shows');
  const isNextDay = to <= from;
  const rest = parts['rest'] ?? '';
  if (parts['toDay'] === undefined) {
    return { rule: { weekdays, from, to, days: isNextDay ? 1 : 0 }, rest };
  }
  const [begin] = weekdays;
  const [end] = readDays(parts['toDay']) ?? [];
  if (begin === undefined || weekdays.length > 1 || end === undefined) {
    return refuse('has more than one day before a day that it ends on');
  }
  const days = (end - begin + 7) % 7;
  return { rule: { weekdays: [begin], from, to, days: days === 0 && isNextDay ? 7 : days }, rest };
}

/** `Mon-Fri`, `Mon, Wed`, `daily`; undefined where a day is unknown. */
function readDays(text: string): number[] | undefined {
  if (text.toLowerCase() === 'daily') return [...everyDay];
  const days = text.split(',').flatMap((part) => {
    const [first, last, ...more] = part.split('-').map((name) => readDay(name.trim()));
    if (first === undefined || more.length > 0) return [undefined];
    if (!part.includes('-')) return [first];
    if (last === undefined) return [undefined];
    const length = ((last - first + 7) % 7) + 1;
    return Array.from({ length }, (_, index) => ((first - 1 + index) % 7) + 1);
  });
  const known = days.filter((day) => day !== undefined);
  return known.length < days.length
    ? undefined
    : [...new Set(known)].sort((one, other) => one - other);
}

function readDay(name: string): number | undefined {
  const index = dayNames.findIndex(
    (day) => name.length >= 3 && fullNames[day]?.startsWith(name.toLowerCase()),
  );
  return index < 0 ? undefined : index + 1;
}

const fullNames: Readonly<Record<string, string>> = {
  Mon: 'monday',
  Tue: 'tuesday',
  Wed: 'wednesday',
  Thu: 'thursday',
  Fri: 'friday',
  Sat: 'saturday',
  Sun: 'sunday',
};

function readClock(text = ''): string | undefined {
  const [hours = NaN, minutes = NaN] = text.split(':').map(Number);
  return hours < 24 && minutes < 60 ? text.padStart(5, '0') : undefined;
}
