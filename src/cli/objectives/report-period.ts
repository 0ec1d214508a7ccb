import { Temporal } from 'temporal-polyfill';
import { firstMomentOf } from '../../adapters/calendar/days-between.ts';
import { periodAround } from '../../adapters/calendar/periods.ts';
import { minuteOf } from '../../contracts/objectives/minute.ts';
import { pushedForMs } from '../../policies/objectives/pushed/problems-of-push.ts';
import type { Span } from '../../policies/objectives/tally.ts';
import { parseDuration } from '../../specs/kernel/duration.ts';
import { zone as zoneSchema } from '../../specs/kernel/zone.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import { momentInZone } from './moment-in-zone.ts';

export interface PeriodOptions {
  from?: string;
  to?: string;
  month?: string;
  last?: string;
  zone: string;
}

export interface ReportPeriod extends Span {
  zone: string;
  /** It ends now, or ended so recently that its last minutes are not read yet. */
  isUnfinished: boolean;
}

/** What is asked about, whole minutes. Bad input ends the command with every problem. */
export function readPeriod(options: PeriodOptions, nowMs: number): ReportPeriod {
  const { zone } = options;
  const problems = zoneProblems(zone);
  const spans = problems.length > 0 ? [] : givenSpans(options, { zone, nowMs, problems });
  const [span] = spans;
  if (problems.length === 0 && span === undefined) {
    const month = periodAround(nowMs, 'month', zone);
    return finish(month, { zone, nowMs });
  }
  if (spans.length > 1) problems.push('give one of --from and --to, --month, or --last');
  if (span !== undefined && span.fromMs >= Math.min(span.untilMs, nowMs)) {
    problems.push('the period has not begun, or ends before it begins');
  }
  if (problems.length > 0 || span === undefined) {
    const list = problems.map((each) => `  ${each}`).join('\n');
    throw new CliFailure(exitCodes.badInput, `The period cannot be read:\n${list}`);
  }
  return finish(span, { zone, nowMs });
}

/** Counts of a minute are taken for an hour after its end. */
const settleMs = pushedForMs + 60_000;

function finish(
  { fromMs, untilMs }: Span,
  { zone, nowMs }: { zone: string; nowMs: number },
): ReportPeriod {
  const endMs = Math.min(untilMs, nowMs);
  return {
    ...{ fromMs: minuteOf(fromMs), untilMs: minuteOf(endMs), zone },
    isUnfinished: untilMs + settleMs > nowMs,
  };
}

interface Reading {
  zone: string;
  nowMs: number;
  problems: string[];
}

function givenSpans({ from, to, month, last }: PeriodOptions, reading: Reading): Span[] {
  const { nowMs } = reading;
  const spans: Span[] = [];
  if (last !== undefined) {
    const lengthMs = parseDuration(last);
    if (lengthMs === undefined)
      reading.problems.push(
        `--last: ${JSON.stringify(last)} is no duration; write one such as 30d`,
      );
    else spans.push({ fromMs: nowMs - lengthMs, untilMs: nowMs });
  }
  if (month !== undefined) {
    const span = monthSpan(month, reading);
    if (span !== undefined) spans.push(span);
  }
  if (from !== undefined || to !== undefined) {
    const fromMs = from === undefined ? undefined : momentOf('--from', from, reading);
    const untilMs = to === undefined ? nowMs : momentOf('--to', to, reading);
    if (from === undefined) reading.problems.push('--from: missing beside --to');
    if (fromMs !== undefined && untilMs !== undefined) spans.push({ fromMs, untilMs });
  }
  return spans;
}

function monthSpan(month: string, { zone, problems }: Reading): Span | undefined {
  if (!/^\d{4}-(?:0[1-9]|1[0-2])$/.test(month)) {
    problems.push(`--month: ${JSON.stringify(month)} is no month; write one such as 2026-11`);
    return undefined;
  }
  return periodAround(firstMomentOf(`${month}-01`, zone), 'month', zone);
}

/** A date is its first moment in the zone; a time without an offset is one of the zone. */
function momentOf(
  option: string,
  written: string,
  { zone, problems }: Reading,
): number | undefined {
  if (/^\d{4}-\d\d-\d\d$/.test(written)) {
    try {
      Temporal.PlainDate.from(written, { overflow: 'reject' });
      return firstMomentOf(written, zone);
    } catch {
      problems.push(`${option}: ${JSON.stringify(written)} is on no calendar`);
      return undefined;
    }
  }
  const read = momentInZone(written, zone);
  if ('ms' in read) return read.ms;
  problems.push(`${option}: ${read.problem}, or a date such as 2026-12-24`);
  return undefined;
}

function zoneProblems(zone: string): string[] {
  const { success, error } = zoneSchema.safeParse(zone);
  return success ? [] : error.issues.map(({ message }) => `--zone: ${message}`);
}
