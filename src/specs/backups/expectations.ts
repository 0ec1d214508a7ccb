import type { Expectations } from '../../policies/backups/judge-lateness.ts';
import { longestPauseMs } from '../../policies/kernel/schedules/longest-pause.ts';
import { resolveSchedule } from '../kernel/resolve-schedule.ts';
import type { BackupPlan } from './plan.ts';
import type { ScheduledKey } from './schedules.ts';
import { usualSchedule } from './usual-schedules.ts';

const hourMs = 3_600_000;

/** How old sets and proofs may become where a plan is kept to. */
export function expectationsOf(plan: BackupPlan, nowMs: number): Expectations {
  const { components, verify, drill, objectives, replicateTo } = plan;
  const backupMs = dueWithinMs(plan, 'backup', nowMs);
  const drillMs = drill === undefined ? undefined : dueWithinMs(plan, 'drill', nowMs);
  return {
    components,
    replicateTo,
    ...(backupMs !== undefined && { restorableWithinMs: backupMs }),
    ...(backupMs !== undefined && verify !== undefined && { verifiedWithinMs: backupMs }),
    ...(drillMs !== undefined && { provenWithinMs: drillMs }),
    ...(objectives.rpoMs !== undefined && { rpoMs: objectives.rpoMs }),
  };
}

/** A start that is a quarter late is not late yet: a run takes its time. */
function dueWithinMs(
  { schedules }: BackupPlan,
  key: ScheduledKey,
  nowMs: number,
): number | undefined {
  const written = schedules[key] ?? usualSchedule(key);
  if (written === 'never') return undefined;
  const resolution = resolveSchedule(written);
  if (!resolution.ok) return undefined;
  const pauseMs = longestPauseMs(resolution.spec, nowMs);
  return pauseMs + Math.max(hourMs, pauseMs / 4);
}
