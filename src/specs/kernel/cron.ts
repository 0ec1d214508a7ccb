/** What is wrong with a cron expression of five fields, in words; undefined where nothing is. */
export function refuseCron(written: string): string | undefined {
  if (Object.hasOwn(aliases, written)) return undefined;
  const parts = written.trim().split(/\s+/);
  if (parts.length !== fields.length) {
    return `has ${parts.length} ${parts.length === 1 ? 'field' : 'fields'}`;
  }
  const wrong = fields.flatMap((field, index) => {
    const part = parts[index] ?? '';
    return part.split(',').every((item) => isItem(item, field))
      ? []
      : [`"${part}" is no ${field.name}`];
  });
  if (wrong.length > 0) return `is wrong: ${wrong.join(', ')}`;
  return neverComes(parts) ? 'never comes: no such month has that day' : undefined;
}

export const cronForm =
  'write minute, hour, day of month, month and day of week, such as "0 3 * * *", or one of @hourly, @daily, @weekly, @monthly, @yearly';

/** The times that an expression stands for: every value of each field that matches. */
export interface CronTimes {
  minute: ReadonlySet<number>;
  hour: ReadonlySet<number>;
  dayOfMonth: ReadonlySet<number>;
  /** From 1. */
  month: ReadonlySet<number>;
  /** 0 is Sunday. */
  dayOfWeek: ReadonlySet<number>;
}

/** Of an expression that `refuseCron` has nothing against. */
export function readCron(written: string): CronTimes {
  const text = (Object.hasOwn(aliases, written) && aliases[written]) || written;
  const parts = text.trim().split(/\s+/);
  const [minute, hour, dayOfMonth, month, dayOfWeek] = fields.map(
    (field, index) =>
      new Set((parts[index] ?? '*').split(',').flatMap((item) => valuesOf(item, field))),
  );
  const none = new Set<number>();
  return {
    ...{ minute: minute ?? none, hour: hour ?? none, dayOfMonth: dayOfMonth ?? none },
    ...{ month: month ?? none, dayOfWeek: new Set([...(dayOfWeek ?? none)].map((day) => day % 7)) },
  };
}

interface Field {
  name: string;
  least: number;
  most: number;
  names?: readonly string[];
}

const aliases: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
};
const month: Field = {
  ...{ name: 'month', least: 1, most: 12 },
  names: 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' '),
};
const fields: readonly Field[] = [
  { name: 'minute', least: 0, most: 59 },
  { name: 'hour', least: 0, most: 23 },
  { name: 'day of month', least: 1, most: 31 },
  month,
  { name: 'day of week', least: 0, most: 7, names: 'sun mon tue wed thu fri sat'.split(' ') },
];
const itemForm = /^(?:\*|(?<from>\w+)(?:-(?<to>\w+))?)(?:\/(?<step>\d+))?$/;

function isItem(item: string, field: Field): boolean {
  const found = itemForm.exec(item);
  if (found === null) return false;
  const { from, to = from, step } = found.groups ?? {};
  if (step !== undefined && !(Number(step) >= 1 && Number(step) <= field.most)) return false;
  if (from === undefined || to === undefined) return true;
  const first = numberOf(from, field);
  const last = numberOf(to, field);
  return first !== undefined && last !== undefined && first <= last;
}

function valuesOf(item: string, field: Field): number[] {
  const { from, to, step } = itemForm.exec(item)?.groups ?? {};
  const first = from === undefined ? field.least : numberOf(from, field);
  const only = step === undefined && from !== undefined ? first : field.most;
  const last = to === undefined ? only : numberOf(to, field);
  const values: number[] = [];
  for (let value = first ?? 0; value <= (last ?? -1); value += Number(step ?? 1)) {
    values.push(value);
  }
  return values;
}

function numberOf(written: string, { least, most, names = [] }: Field): number | undefined {
  const named = names.indexOf(written.toLowerCase());
  if (named >= 0) return named + least;
  if (!/^\d+$/.test(written)) return undefined;
  const number = Number(written);
  return number >= least && number <= most ? number : undefined;
}

/** The most days that each month may have. */
const longest = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Only plain numbers are looked at: a day of the month, in months none of which is so long. */
function neverComes([, , day = '', inMonths = '', weekday]: readonly string[]): boolean {
  if (weekday !== '*' || !/^\d+$/.test(day) || /[*/-]/.test(inMonths)) return false;
  const given = inMonths.split(',').map((one) => numberOf(one, month) ?? 1);
  return given.every((one) => Number(day) > (longest[one - 1] ?? 31));
}
