import { log, rootCause } from '@temporalio/workflow';
import type {
  ExpandedCalendar,
  Freeze,
  FreezeCalendar,
} from '../../../src/contracts/kernel/change-control.ts';
import { atOnce } from './acts.ts';
import type { Desk } from './desk.ts';

const dayMs = 24 * 60 * 60_000;
const aheadMs = 60 * dayMs;
const renewedBeforeMs = 7 * dayMs;
const mostWindows = 200;

/**
 * The windows of the next weeks. They are made by an activity, since the rules of time zones belong
 * to a process and change with it, and a workflow must decide the same when it is replayed.
 */
export async function withWindows(
  calendar: FreezeCalendar,
): Promise<FreezeCalendar & ExpandedCalendar> {
  const asked = { fromMs: Date.now(), untilMs: Date.now() + aheadMs };
  const { zone, rules, periods } = calendar;
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
    log.warn(
      `The calendar of freeze ${freeze.id} is not renewed: ${rootCause(error) ?? String(error)}`,
    );
  }
}
