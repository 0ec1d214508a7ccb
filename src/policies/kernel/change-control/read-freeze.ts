import type {
  CalendarPeriod,
  CalendarRule,
  Freeze,
  FreezeCalendar,
} from '../../../contracts/kernel/change-control.ts';
import { MessageFields, type Read } from './message-fields.ts';
import { readMoment } from './read-moment.ts';
import { readRule } from './read-rule.ts';

export type NewFreeze = Pick<Freeze, 'by' | 'why' | 'untilMs' | 'services'> & {
  calendar?: FreezeCalendar;
};

const example = '{"by": "ana", "why": "Black Friday", "until": "2026-12-01T08:00+01:00"}';
const serviceName = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const localTime = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d$/;

/** What a freeze is to be, or everything that is wrong with it. */
export function readFreeze(given: unknown, nowMs: number): Read<NewFreeze> {
  const fields = new MessageFields(
    given,
    ['by', 'why', 'until', 'services', 'every', 'calendar'],
    example,
  );
  const by = fields.name('by', 'say who freezes');
  const why = fields.text('why', 'everybody whose rollout is refused is told the reason');
  const untilMs = readUntil(fields, nowMs);
  const services = readServices(fields);
  const calendar = readCalendar(fields);
  return fields.read({
    ...{ by, why },
    ...(untilMs !== undefined && { untilMs }),
    ...(services !== undefined && { services }),
    ...(calendar !== undefined && { calendar }),
  });
}

function readUntil(fields: MessageFields, nowMs: number): number | undefined {
  const until = fields.optionalText('until');
  if (until === undefined) return undefined;
  const moment = readMoment(until);
  if ('problem' in moment) fields.problems.push(`until: ${moment.problem}`);
  else if (moment.ms > nowMs) return moment.ms;
  else fields.problems.push(`until: ${until} is over; write a time that is still to come`);
  return undefined;
}

function readServices(fields: MessageFields): string[] | undefined {
  const services = fields.optionalTexts('services');
  const bad = services?.filter((service) => !serviceName.test(service)) ?? [];
  if (bad.length > 0) {
    fields.problems.push(
      `services: ${bad.map((one) => JSON.stringify(one)).join(', ')} can be no service; ` +
        'its name has lowercase letters, digits and "-"',
    );
  }
  return services === undefined ? undefined : [...new Set(services)];
}

function readCalendar(fields: MessageFields): FreezeCalendar | undefined {
  if (fields.has('every') && fields.has('calendar')) {
    fields.problems.push('every and calendar: send one of them');
    return undefined;
  }
  const every = fields.optionalText('every');
  if (every !== undefined) return readEvery(every, fields);
  const given = fields.optionalMapping('calendar');
  return given === undefined ? undefined : readWritten(given, fields);
}

/** One rule with its zone behind it. */
function readEvery(every: string, fields: MessageFields): FreezeCalendar | undefined {
  const read = readRule(every);
  if ('problem' in read) {
    fields.problems.push(`every: ${read.problem}, and a time zone: Europe/Berlin`);
    return undefined;
  }
  if (read.rest === '') {
    fields.problems.push(
      `every: ${JSON.stringify(every)} has no time zone; add one at its end: "${every} Europe/Berlin"`,
    );
  }
  return { zone: read.rest, rules: [read.rule], periods: [] };
}

function readWritten(given: object, fields: MessageFields): FreezeCalendar {
  const calendar = new MessageFields(
    given,
    ['zone', 'every', 'periods'],
    '{"zone": "Europe/Berlin", "every": ["weekends"]}',
  );
  const zone = calendar.name('zone', 'write an IANA time zone, such as Europe/Berlin');
  const rules = (calendar.optionalTexts('every') ?? []).flatMap((text): CalendarRule[] => {
    const read = readRule(text);
    if ('rule' in read && read.rest === '') return [read.rule];
    calendar.problems.push(
      'problem' in read
        ? `every: ${read.problem}`
        : `every: ${JSON.stringify(text)} names a time zone; the calendar's zone is for all of them`,
    );
    return [];
  });
  const periods = (calendar.optionalList('periods') ?? []).flatMap((period) =>
    readPeriod(period, calendar),
  );
  if (!calendar.has('every') && !calendar.has('periods')) {
    calendar.problems.push('has no windows; write every, periods, or both');
  }
  fields.problems.push(...calendar.problems.map((problem) => `calendar: ${problem}`));
  return { zone, rules, periods };
}

function readPeriod(given: unknown, calendar: MessageFields): CalendarPeriod[] {
  const fields = new MessageFields(
    given,
    ['from', 'to'],
    '{"from": "2026-12-18 16:00", "to": "2027-01-04 08:00"}',
  );
  const period = {
    from: readLocal(fields, 'from'),
    to: readLocal(fields, 'to'),
  };
  if (fields.problems.length === 0 && period.to <= period.from) {
    fields.problems.push(`to: ${period.to} is not after ${period.from}`);
  }
  calendar.problems.push(...fields.problems.map((problem) => `periods: ${problem}`));
  return fields.problems.length === 0 ? [period] : [];
}

/** On the clock of the calendar's zone, so without an offset. */
function readLocal(fields: MessageFields, key: 'from' | 'to'): string {
  const accepted = 'write the date and the time of day in the zone, such as 2026-12-18 16:00';
  const text = fields.name(key, accepted);
  const isReal = !('problem' in readMoment(`${text.replace(' ', 'T')}Z`));
  if (text !== '' && (!localTime.test(text) || !isReal)) {
    fields.problems.push(`${key}: ${JSON.stringify(text)} is not a local time; ${accepted}`);
  }
  return text.replace(' ', 'T');
}
