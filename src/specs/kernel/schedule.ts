import * as z from 'zod';
import { cronForm, refuseCron } from './cron.ts';
import { judgedBy, type Finding, type Unfinished } from './finding.ts';
import { refusal } from './given.ts';
import { duration, idPart, listOf, mapping, text, wholeNumber } from './written.ts';
import { zone } from './zone.ts';

/** When a run starts by itself; what stands under `schedule`, beside the spec of the run. */
export interface ScheduleSpec {
  /** Tells schedules of the same run apart. */
  name: string;
  timing:
    | { cron: string }
    | { everyMs: number }
    /** A field that is absent is 0 for times, and any for days and months. */
    | { calendar: CalendarTimes };
  /** IANA. */
  zone: string;
  /** Each start is put off by a random time up to this. */
  jitterMs: number;
  /** A start that was missed, because Temporal was away, is made up for within this. */
  catchUpMs: number;
}

export interface CalendarTimes {
  minute?: number[];
  hour?: number[];
  dayOfMonth?: number[];
  month?: number[];
  /** 0 is Sunday. */
  dayOfWeek?: number[];
}

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const months = [
  ...['january', 'february', 'march', 'april', 'may', 'june'],
  ...['july', 'august', 'september', 'october', 'november', 'december'],
];
const leastEveryMs = 60_000;

const cron = text(cronForm).superRefine((written, context) => {
  const complaint = refuseCron(written);
  if (complaint !== undefined) context.addIssue(refusal(cronForm, complaint)({ input: written }));
});

const calendar = mapping({
  minute: oneOrMore(wholeNumber(0, 59)).exactOptional().describe('Of the hour. Default: 0.'),
  hour: oneOrMore(wholeNumber(0, 23)).exactOptional().describe('Of the day. Default: 0.'),
  dayOfMonth: oneOrMore(wholeNumber(1, 31)).exactOptional().describe('Default: any.'),
  month: oneOrMore(named(months, 1))
    .exactOptional()
    .describe('jan or january, or 1. Default: any.'),
  dayOfWeek: oneOrMore(named(weekdays, 0))
    .exactOptional()
    .describe('sun or sunday, or 0. Default: any.'),
});

export const scheduleSchema = mapping(
  {
    name: idPart('schedule').prefault('default').describe('Tells schedules of the same run apart.'),
    cron: cron.exactOptional().describe('Five fields, such as "0 3 * * *".'),
    every: duration(leastEveryMs).exactOptional().describe('A fixed time from start to start.'),
    calendar: calendar.exactOptional().describe('Times, days and months; each one or a list.'),
    zone: zone.prefault('UTC').describe('IANA time zone of cron and calendar. Default: UTC.'),
    jitter: duration(0).prefault(0).describe('Put each start off by a random time up to this.'),
    catchUp: duration(10_000)
      .prefault('1h')
      .describe('Make up for a start that was missed within this. Default: 1h.'),
  },
  {
    interval: 'use every',
    timezone: 'use zone',
    catchup: 'use catchUp',
    overlap: 'a start while the run is open is always skipped; leave it out',
  },
)
  .check(judgedBy(judgeTiming))
  .transform(({ name, cron, every, calendar, zone, jitter, catchUp }): ScheduleSpec => ({
    ...{ name, zone, jitterMs: jitter, catchUpMs: catchUp },
    timing:
      cron !== undefined
        ? { cron }
        : every !== undefined
          ? { everyMs: every }
          : { calendar: calendar ?? {} },
  }));

const timings = ['cron', 'every', 'calendar'] as const;

function judgeTiming(spec: Unfinished): Finding[] {
  const given = timings.filter((key) => spec[key] !== undefined);
  const [only, ...others] = given;
  const findings: Finding[] = [];
  if (only === undefined) {
    findings.push({ path: [], message: `write one of ${timings.join(', ')}` });
  }
  for (const other of others) {
    findings.push({ path: [other], message: `${only} says already when; leave one of them out` });
  }
  if (
    given.length === 1 &&
    only === 'every' &&
    spec['zone'] !== undefined &&
    spec['zone'] !== 'UTC'
  ) {
    findings.push({ path: ['zone'], message: 'every counts from start to start; leave zone out' });
  }
  const { every, jitter } = spec;
  if (typeof every === 'number' && typeof jitter === 'number' && jitter >= every) {
    findings.push({ path: ['jitter'], message: 'must be shorter than every' });
  }
  return findings;
}

function oneOrMore(item: z.ZodType<number>) {
  return z.preprocess(
    (given): unknown[] => (Array.isArray(given) ? given : [given]),
    listOf(item, 'write one, or a list'),
  );
}

/** Written in full, as its first three letters, or as a number. */
function named(names: readonly string[], first: number) {
  const short = names.map((name) => name.slice(0, 3));
  const error = refusal(`write one of ${short.join(', ')}`);
  return z.union([z.string(), z.number()], { error }).transform((written, context) => {
    if (typeof written === 'number') {
      const isKnown =
        Number.isInteger(written) && written >= first && written < names.length + first;
      if (isKnown) return written;
    } else {
      const word = written.toLowerCase();
      const found = Math.max(names.indexOf(word), short.indexOf(word));
      if (found >= 0) return found + first;
    }
    context.addIssue(error({ input: written }));
    return z.NEVER;
  });
}
