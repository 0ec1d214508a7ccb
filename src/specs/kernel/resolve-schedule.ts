import * as z from 'zod';
import { resolveAgainst, type Resolution } from './resolve.ts';
import { scheduleSchema, type ScheduleSpec } from './schedule.ts';

/** What stands under `schedule`, with its defaults, or every problem: with paths as in the whole file. */
export function resolveSchedule(schedule: unknown): Resolution<ScheduleSpec> {
  const resolution = resolveAgainst(z.object({ schedule: scheduleSchema }), { schedule });
  return resolution.ok ? { ok: true, spec: resolution.spec.schedule } : resolution;
}
