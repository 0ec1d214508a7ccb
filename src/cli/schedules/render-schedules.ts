import type { KnownSchedule, PastStart } from '../../adapters/temporal/schedules.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import { resolveSchedule } from '../../specs/kernel/resolve-schedule.ts';
import type { CalendarTimes, ScheduleSpec } from '../../specs/kernel/schedule.ts';
import { formatMoment, type Page, type Paint } from '../render/page.ts';
import { sections, titled } from '../render/sections.ts';
import { renderTable } from '../render/table.ts';

/** When a schedule starts its run, in a few words. */
export function describeTiming({ timing, zone, jitterMs }: ScheduleSpec): string {
  const jitter = jitterMs === 0 ? '' : `, up to ${formatDuration(jitterMs)} later`;
  if ('everyMs' in timing) return `every ${formatDuration(timing.everyMs)}${jitter}`;
  const when = 'cron' in timing ? timing.cron : describeCalendar(timing.calendar);
  return `${when} (${zone}${jitter})`;
}

function describeCalendar(calendar: CalendarTimes): string {
  const entries = Object.entries(calendar) as [string, number[]][];
  return entries.length === 0
    ? 'every midnight'
    : entries.map(([field, values]) => `${field} ${values.join(',')}`).join(' ');
}

export function renderScheduleList(schedules: readonly KnownSchedule[], page: Page): string {
  if (schedules.length === 0) {
    return 'There is no schedule. Make one with: belay schedule apply -f FILE';
  }
  const { paint } = page;
  const titles = ['SCHEDULE', 'WHEN', 'NEXT', 'LAST', 'SKIPPED', 'STATE'];
  return renderTable(
    [
      titles.map((title) => paint.dim(title)),
      ...schedules.map((schedule) => [
        paint.bold(schedule.start.scheduleId),
        timingOf(schedule),
        nextText(schedule, page),
        lastText(schedule, page),
        String(schedule.skipped),
        schedule.paused ? paint.yellow('paused') : paint.green('active'),
      ]),
    ],
    { indent: 0, right: [4] },
  ).join('\n');
}

const mostNext = 5;

export function renderSchedule(schedule: KnownSchedule, page: Page): string {
  const { start, note, nextAtMs, past, skipped, missed } = schedule;
  const { paint } = page;
  const state = schedule.paused ? paint.yellow('paused') : paint.green('active');
  const facts = [
    `${skipped} skipped, because a run was open`,
    ...(missed === 0
      ? []
      : [`${missed} missed: Temporal was away for longer than the catch-up time`]),
    ...(note === undefined ? [] : [note]),
  ];
  return sections([
    [
      `${paint.bold(start.scheduleId)}  ${timingOf(schedule)}  ${state}`,
      paint.dim(`starts ${start.kind} ${start.workflowId}`),
    ],
    facts.map((fact) => `  ${fact}`),
    titled(
      'Next',
      schedule.paused
        ? []
        : nextAtMs.slice(0, mostNext).map((at) => `    ${formatMoment(at, page)}`),
      paint,
    ),
    titled(
      'Last',
      renderTable(
        past.map((one) => [formatMoment(one.startedAtMs, page), outcomeText(one, paint)]),
        { indent: 4 },
      ),
      paint,
    ),
  ]);
}

function timingOf({ start }: KnownSchedule): string {
  const resolution = resolveSchedule(start.schedule);
  return resolution.ok ? describeTiming(resolution.spec) : 'as another version of belay wrote it';
}

function nextText({ paused, nextAtMs: [next] }: KnownSchedule, page: Page): string {
  return paused || next === undefined ? '' : formatMoment(next, page);
}

function lastText({ past: [last] }: KnownSchedule, page: Page): string {
  if (last === undefined) return '';
  return `${formatMoment(last.startedAtMs, page)} ${last.outcome?.outcome ?? ''}`.trimEnd();
}

function outcomeText({ outcome }: PastStart, paint: Paint): string {
  if (outcome === undefined) return paint.dim('not known');
  if (outcome.outcome === 'started') return `${paint.green('started')} ${outcome.workflowId}`;
  return `${paint.yellow('skipped')}: ${outcome.reason}`;
}
