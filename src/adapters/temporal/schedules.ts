import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type Client,
  type ScheduleDescription,
  type ScheduleOptions,
  type ScheduleSpec as TemporalTimes,
} from '@temporalio/client';
import type { ScheduledOutcome, ScheduledStart } from '../../contracts/kernel/schedules.ts';
import { searchAttributeNames } from '../../contracts/kernel/search-attributes.ts';
import { parseScheduleId } from '../../kinds/schedule-id.ts';
import { scheduledStartType } from '../../kinds/workflow-types.ts';
import type { ScheduleSpec } from '../../specs/kernel/schedule.ts';

export interface ScheduleOrder {
  start: ScheduledStart;
  schedule: ScheduleSpec;
  taskQueue: string;
  /** Starts at these moments, whatever the times say. */
  alsoAtMs: readonly number[];
  /** Times at which it does not start, although they are among its own. */
  except: readonly CalendarTime[];
}

export interface CalendarTime {
  year: number;
  /** From 1. */
  month: number;
  dayOfMonth: number;
  hour: number;
  minute: number;
}

/** One start that a schedule was to make. */
export interface PastStart {
  scheduledAtMs: number;
  startedAtMs: number;
  /** Absent while no worker has decided it, or where Temporal has forgotten it. */
  outcome?: ScheduledOutcome;
}

export interface KnownSchedule {
  start: ScheduledStart;
  taskQueue: string;
  paused: boolean;
  /** Why it was paused, or resumed, last. */
  note?: string;
  nextAtMs: number[];
  /** The newest first. */
  past: PastStart[];
  /** As far as Temporal remembers. */
  skipped: number;
  /** Not made up for: Temporal was away for longer than the catch-up time. */
  missed: number;
}

/** Creates the schedule, or brings it to what was ordered. Answers with what there was before. */
export async function applySchedule(
  client: Client,
  order: ScheduleOrder,
): Promise<Pick<KnownSchedule, 'start' | 'taskQueue'> | undefined> {
  const nowMs = Date.now();
  const options = optionsOf(order, nowMs);
  try {
    await client.schedule.create(options);
    return undefined;
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
  const { spec, policies, scheduleId } = options;
  const handle = client.schedule.getHandle(scheduleId);
  const before = actionOf(await handle.describe());
  await handle.update((present) => {
    const hasItsTimes = isDeepStrictEqual(startOf(present).schedule, order.start.schedule);
    const { action } = optionsOf(order, hasItsTimes ? dueSinceMs(present) : nowMs);
    return { ...present, spec, policies: { ...present.policies, ...policies }, action };
  });
  return before;
}

/** Starts that were left out are not made up for. */
export async function resumeSchedule(
  client: Client,
  scheduleId: string,
  note: string,
): Promise<void> {
  const nowMs = Date.now();
  await client.schedule.getHandle(scheduleId).update((present) => {
    const { action, state } = present;
    const start = { ...startOf(present), dueSinceMs: state.paused ? nowMs : dueSinceMs(present) };
    return {
      ...present,
      state: { ...state, paused: false, note },
      action: { ...action, args: [start] },
    };
  });
}

function optionsOf(
  { start, schedule, taskQueue, alsoAtMs, except }: ScheduleOrder,
  sinceMs: number,
): ScheduleOptions {
  const { scheduleId } = start;
  return {
    scheduleId,
    spec: withExceptions(timesOf(schedule), { alsoAtMs, except }),
    policies: {
      overlap: ScheduleOverlapPolicy.SKIP,
      catchupWindow: schedule.catchUpMs,
    },
    action: {
      type: 'startWorkflow',
      workflowType: scheduledStartType,
      workflowId: `scheduled/${scheduleId}`,
      taskQueue,
      args: [{ ...start, dueSinceMs: sinceMs }],
      staticSummary: `A start by ${scheduleId}`,
    },
  };
}

function timesOf({ timing, zone, jitterMs }: ScheduleSpec): TemporalTimes {
  const times = { ...(jitterMs > 0 && { jitter: jitterMs }) };
  if ('everyMs' in timing) return { ...times, intervals: [{ every: timing.everyMs }] };
  if ('cron' in timing) return { ...times, timezone: zone, cronExpressions: [timing.cron] };
  const { minute, hour, dayOfMonth, month, dayOfWeek } = timing.calendar;
  return {
    ...times,
    timezone: zone,
    calendars: [
      {
        ...(minute && { minute }),
        ...(hour && { hour }),
        ...(dayOfMonth && { dayOfMonth }),
        ...(month && { month: month.map((one) => months[one - 1] ?? 'JANUARY') }),
        ...(dayOfWeek && { dayOfWeek: dayOfWeek.map((one) => weekdays[one] ?? 'SUNDAY') }),
      },
    ],
  };
}

const onceMs = 40 * 365 * 86_400_000;

/** Temporal has no single moments: an interval of forty years, counted from 1970, has one that matters. */
function withExceptions(
  times: TemporalTimes,
  { alsoAtMs, except }: Pick<ScheduleOrder, 'alsoAtMs' | 'except'>,
): TemporalTimes {
  const moments = alsoAtMs.map((atMs) => ({ every: onceMs, offset: atMs % onceMs }));
  const skip = except.map(({ month, ...time }) => ({
    ...time,
    month: months[month - 1] ?? 'JANUARY',
  }));
  return {
    ...times,
    ...(moments.length > 0 && { intervals: [...(times.intervals ?? []), ...moments] }),
    ...(skip.length > 0 && { skip }),
  };
}

const weekdays = [
  'SUNDAY',
  'MONDAY',
  'TUESDAY',
  'WEDNESDAY',
  'THURSDAY',
  'FRIDAY',
  'SATURDAY',
] as const;
const months = [
  'JANUARY',
  'FEBRUARY',
  'MARCH',
  'APRIL',
  'MAY',
  'JUNE',
  'JULY',
  'AUGUST',
  'SEPTEMBER',
  'OCTOBER',
  'NOVEMBER',
  'DECEMBER',
] as const;

/** The IDs of the schedules of runs; those of Belay's own housekeeping are left out. */
export async function listScheduleIds(client: Client): Promise<string[]> {
  const ids: string[] = [];
  for await (const { scheduleId } of client.schedule.list()) {
    if (parseScheduleId(scheduleId) !== undefined) ids.push(scheduleId);
  }
  return ids.sort();
}

/** Undefined if there is no such schedule. Of `past`, the newest are kept. */
export async function readSchedule(
  client: Client,
  scheduleId: string,
  mostPast: number,
): Promise<KnownSchedule | undefined> {
  const described = await describeSchedule(client, scheduleId);
  if (described === undefined) return undefined;
  const { info, state } = described;
  const recent = info.recentActions.toReversed().slice(0, mostPast);
  const [past, skipped] = await Promise.all([
    Promise.all(
      recent.map(async ({ scheduledAt, takenAt, action }) => {
        const outcome = await outcomeOf(client, action.workflow);
        const atMs = { scheduledAtMs: scheduledAt.getTime(), startedAtMs: takenAt.getTime() };
        return { ...atMs, ...(outcome !== undefined && { outcome }) };
      }),
    ),
    countSkipped(client, scheduleId),
  ]);
  return {
    ...actionOf(described),
    paused: state.paused,
    ...(state.note !== undefined && state.note !== '' && { note: state.note }),
    nextAtMs: info.nextActionTimes.map((at) => at.getTime()),
    past,
    skipped: skipped + info.numActionsSkippedOverlap,
    missed: info.numActionsMissedCatchupWindow,
  };
}

/** Undefined if there is no such schedule. */
export async function describeSchedule(
  client: Client,
  scheduleId: string,
): Promise<ScheduleDescription | undefined> {
  try {
    return await client.schedule.getHandle(scheduleId).describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  }
}

function actionOf(described: ScheduleDescription) {
  return { start: startOf(described), taskQueue: described.action.taskQueue };
}

export function startOf({ action }: ScheduleDescription): ScheduledStart {
  const [start] = action.args as [ScheduledStart];
  return start;
}

/** Since when it has had its times, without a pause: applying it again changes nothing about that. */
export function dueSinceMs(described: ScheduleDescription): number {
  const { createdAt, lastUpdatedAt } = described.info;
  return startOf(described).dueSinceMs ?? (lastUpdatedAt ?? createdAt).getTime();
}

async function outcomeOf(
  client: Client,
  { workflowId, firstExecutionRunId }: { workflowId: string; firstExecutionRunId: string },
): Promise<ScheduledOutcome | undefined> {
  const handle = client.workflow.getHandle(workflowId, firstExecutionRunId);
  try {
    const { status } = await handle.describe();
    return status.name === 'COMPLETED' ? ((await handle.result()) as ScheduledOutcome) : undefined;
  } catch {
    return undefined;
  }
}

async function countSkipped(client: Client, scheduleId: string): Promise<number> {
  const { count } = await client.workflow.count(
    [
      `WorkflowType = '${scheduledStartType}'`,
      `TemporalScheduledById = '${scheduleId}'`,
      `${searchAttributeNames.outcome} = 'skipped'`,
    ].join(' AND '),
  );
  return count;
}

/** Starts the run now, unless it is open. Undefined where no worker decided that within the time. */
export async function triggerSchedule(
  client: Client,
  scheduleId: string,
  answerWithinMs: number,
): Promise<ScheduledOutcome | undefined> {
  const handle = client.schedule.getHandle(scheduleId);
  const known = new Set(await startsOf(client, scheduleId));
  await handle.trigger(ScheduleOverlapPolicy.ALLOW_ALL);
  const untilMs = Date.now() + answerWithinMs;
  while (Date.now() < untilMs) {
    const { info } = await handle.describe();
    const own = info.recentActions.find(
      ({ action }) => !known.has(action.workflow.firstExecutionRunId),
    );
    const outcome = own && (await outcomeOf(client, own.action.workflow));
    if (outcome !== undefined) return outcome;
    await sleep(pollMs);
  }
  return undefined;
}

const pollMs = 200;

async function startsOf(client: Client, scheduleId: string): Promise<string[]> {
  const described = await describeSchedule(client, scheduleId);
  return (
    described?.info.recentActions.map(({ action }) => action.workflow.firstExecutionRunId) ?? []
  );
}
