import type { ScheduledStart } from '../../contracts/kernel/schedules.ts';
import { workflowIdOf } from '../../kinds/locks.ts';
import { scheduleIdOf } from '../../kinds/schedule-id.ts';
import type { BackupKind } from '../../kinds/workflow-types.ts';
import type { BackupSpec } from '../../specs/backups/backup.ts';
import { scheduledKeys, type ScheduledKey } from '../../specs/backups/schedules.ts';
import { resolveSchedule } from '../../specs/kernel/resolve-schedule.ts';
import type { ScheduleSpec } from '../../specs/kernel/schedule.ts';
import { usualSchedule } from '../../specs/backups/usual-schedules.ts';
import type { RunRegistry } from '../registry.ts';
import { readGivenPlan, type PlanFile } from '../plans/given-plan.ts';
import { backupPlan } from './backup-plan.ts';

export interface PlannedSchedule {
  key: ScheduledKey;
  start: ScheduledStart;
  /** Absent: there is to be none. */
  schedule?: ScheduleSpec;
}

const kindOf: Readonly<Record<ScheduledKey, BackupKind>> = {
  backup: 'backup',
  verification: 'backupVerification',
  retention: 'backupRetention',
  replication: 'backupReplication',
  drill: 'restoreDrill',
};

/** The schedules that a plan asks for, and those that it does not want. */
export function readPlanSchedules(file: PlanFile, registry: RunRegistry): PlannedSchedule[] {
  const plan = readGivenPlan(file, { of: backupPlan, kind: 'backup' }, {}, registry)
    .spec as BackupSpec;
  return scheduledKeys.flatMap((key): PlannedSchedule[] => {
    const isPossible = possible(key, plan);
    if (!isPossible && plan.schedules[key] === undefined) return [];
    const written = plan.schedules[key] ?? usualSchedule(key);
    const given = readGivenPlan(file, { of: backupPlan, kind: kindOf[key] }, {}, registry);
    const { kind, subject, asWritten } = given;
    const name = 'default';
    const start = {
      ...{ scheduleId: scheduleIdOf(kind, subject, name), kind: kind.kind, subject },
      ...{ workflowType: kind.workflowType, workflowId: workflowIdOf(kind, subject) },
      ...{ spec: asWritten, schedule: written },
    };
    if (written === 'never') return [{ key, start }];
    const resolution = resolveSchedule(written);
    if (!resolution.ok) throw new Error('The schedule was checked, and is not valid now');
    return [{ key, start, schedule: resolution.spec }];
  });
}

/** What a plan says nothing of is not scheduled. */
function possible(key: ScheduledKey, { retention, drill, replicateTo }: BackupSpec): boolean {
  switch (key) {
    case 'backup':
    case 'verification':
      return true;
    case 'retention':
      return retention !== undefined;
    case 'replication':
      return Object.keys(replicateTo).length > 0;
    case 'drill':
      return drill !== undefined;
  }
}
