import type {
  CalendarPeriod,
  CalendarRule,
  FreezeCalendar,
} from '../../../contracts/kernel/change-control.ts';

export const dayNames = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
export const everyDay = [1, 2, 3, 4, 5, 6, 7] as const;

/** `every Fri 16:00 to Mon 08:00 (Europe/Berlin)` */
export function describeCalendar({ zone, rules, periods }: FreezeCalendar): string {
  return `${[...rules.map(describeRule), ...periods.map(describePeriod)].join(', ')} (${zone})`;
}

function describeRule({ weekdays, from, to, days }: CalendarRule): string {
  if (weekdays.length === everyDay.length) return `every day ${from} to ${to}`;
  const begins = weekdays.map(nameOf).join(', ');
  const [only] = weekdays;
  const isLong = weekdays.length === 1 && only !== undefined && days > 0;
  return `every ${begins} ${from} to ${isLong ? `${nameOf(only + days)} ` : ''}${to}`;
}

function describePeriod({ from, to }: CalendarPeriod): string {
  return `${from.replace('T', ' ')} to ${to.replace('T', ' ')}`;
}

function nameOf(weekday: number): string {
  return dayNames[(weekday - 1) % dayNames.length] ?? '';
}
