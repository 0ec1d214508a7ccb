import * as z from 'zod';
import { problemsOf } from '../kernel/issues.ts';
import { mapping } from '../kernel/written.ts';
import { scheduleSchema } from '../kernel/schedule.ts';

/** When the runs of a plan start by themselves; each as its author wrote it, for the kernel to resolve. */
export type PlanSchedules = Partial<Record<ScheduledKey, unknown>>;

export const scheduledKeys = [
  'backup',
  'verification',
  'retention',
  'replication',
  'drill',
] as const;

export type ScheduledKey = (typeof scheduledKeys)[number];

const schedule = z.unknown().superRefine((written, context) => {
  if (written === 'never') return;
  const parsed = scheduleSchema.safeParse(written);
  for (const { path, message } of parsed.success ? [] : problemsOf(parsed.error)) {
    context.addIssue({ code: 'custom', path: path === '' ? [] : path.split('.'), message });
  }
});

const key = (what: string) =>
  schedule.optional().describe(`${what} A schedule such as { cron: "0 2 * * *" }, or never.`);

export const schedulesSchema = mapping({
  backup: key('Default: daily at 02:00 UTC.'),
  verification: key('Default: never; a backup verifies what it made.'),
  retention: key('Default: daily at 05:00 UTC, where the plan has a retention.'),
  replication: key('Default: never; a backup replicates what it made.'),
  drill: key('Default: Sundays at 06:00 UTC, where the plan has a drill.'),
}).transform((written): PlanSchedules => written);
