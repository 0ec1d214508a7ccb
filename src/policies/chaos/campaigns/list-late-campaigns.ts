import type { CampaignSchedule } from '../../../contracts/chaos/campaign-schedules.ts';
import type { RunReport } from '../../../contracts/kernel/report.ts';
import type { Subject } from '../../../kinds/kind.ts';
import { resolveSchedule } from '../../../specs/kernel/resolve-schedule.ts';
import { longestPauseMs } from '../../kernel/schedules/longest-pause.ts';

const hourMs = 3_600_000;

/**
 * Campaigns of which no run was started for longer than their schedule allows, and a quarter more.
 * A run counts that ended with a verdict, whoever started it: one that was refused does not. Those whose schedule this
 * version cannot read are among them: nobody can say that they are in time.
 */
export function listLateCampaigns(
  schedules: readonly CampaignSchedule[],
  lastRuns: readonly Pick<RunReport, 'subject' | 'startedAtMs'>[],
  nowMs: number,
): Subject[] {
  const late = schedules.filter((one) => {
    if (one.isPaused || one.isOpen) return false;
    const dueWithinMs = dueWithin(one.schedule, nowMs);
    if (dueWithinMs === undefined) return true;
    const starts = lastRuns
      .filter(({ subject }) => nameOf(subject) === nameOf(one.subject))
      .map(({ startedAtMs }) => startedAtMs);
    return nowMs - Math.max(one.sinceMs, ...starts) > dueWithinMs;
  });
  return [...new Map(late.map(({ subject }) => [nameOf(subject), subject])).values()];
}

/** Undefined where this version cannot read the schedule. */
function dueWithin(schedule: unknown, nowMs: number): number | undefined {
  const resolution = resolveSchedule(schedule);
  if (!resolution.ok) return undefined;
  const pauseMs = longestPauseMs(resolution.spec, nowMs);
  return pauseMs + Math.max(hourMs, pauseMs / 4);
}

function nameOf({ environment, name }: Subject): string {
  return `${environment}/${name}`;
}
