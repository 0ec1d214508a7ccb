import { condition, log, sleep } from '@temporalio/workflow';
import type {
  ExpandedCalendar,
  Freeze,
  FreezeCalendar,
} from '../../../src/contracts/kernel/change-control.ts';
import { reasonOf } from '../reason-of.ts';
import { atOnce } from './acts.ts';
import type { Desk } from './desk.ts';

const dayMs = 24 * 60 * 60_000;
const aheadMs = 60 * dayMs;
const renewedBeforeMs = 7 * dayMs;
/** Of one that could not be renewed. */
const renewAgainMs = 60 * 60_000;
const mostWindows = 200;
/** Periods are written one by one, so all of them are known at once. */
const allAheadMs = 1_000 * 365 * dayMs;

/**
 * The windows of the next weeks. They are made by an activity, since the rules of time zones belong
 * to a process and change with it, and a workflow must decide the same when it is replayed.
 */
export async function withWindows(
  calendar: FreezeCalendar,
): Promise<FreezeCalendar & ExpandedCalendar> {
  const { zone, rules, periods } = calendar;
  const nowMs = Date.now();
  const asked = { fromMs: nowMs, untilMs: nowMs + (rules.length === 0 ? allAheadMs : aheadMs) };
  const windows = await atOnce.expandCalendar({ zone, rules, periods }, asked);
  const beforeMs = windows[mostWindows]?.fromMs ?? asked.untilMs;
  return { zone, rules, periods, windows: windows.slice(0, mostWindows), beforeMs };
}

/** Fails where a calendar cannot be renewed and its windows are used up: nobody knows what is frozen. */
export async function renewCalendars(desk: Desk): Promise<void> {
  for (const freeze of desk.state.freezes) await renew(desk, freeze);
}

async function renew(desk: Desk, freeze: Freeze): Promise<void> {
  const { calendar } = freeze;
  if (calendar === undefined || calendar.beforeMs - Date.now() > renewedBeforeMs) return;
  try {
    desk.replaceFreeze({ ...freeze, calendar: await withWindows(calendar) });
  } catch (error) {
    if (calendar.beforeMs <= Date.now()) throw error;
    log.warn(`The calendar of freeze ${freeze.id} is not renewed: ${reasonOf(error)}`);
  }
}

/** Where nobody asks for a permit, people still read what is frozen. */
export async function renewCalendarsInTime(desk: Desk): Promise<never> {
  for (;;) {
    await condition(() => nextRenewal(desk) < Infinity);
    const dueMs = nextRenewal(desk);
    const isOther = await condition(
      () => nextRenewal(desk) !== dueMs,
      Math.max(1, dueMs - Date.now()),
      { summary: 'until the windows of a calendar are renewed' },
    );
    if (isOther) continue;
    try {
      await renewCalendars(desk);
    } catch (error) {
      log.warn(`Calendars are not renewed: ${reasonOf(error)}`);
    }
    if (nextRenewal(desk) <= Date.now()) await sleep(renewAgainMs);
  }
}

function nextRenewal({ state }: Desk): number {
  return Math.min(
    ...state.freezes.flatMap(({ calendar }) =>
      calendar === undefined || calendar.rules.length === 0
        ? []
        : [calendar.beforeMs - renewedBeforeMs],
    ),
  );
}
