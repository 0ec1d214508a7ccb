import { judgedBy, isMapping, type Finding, type Unfinished } from '../kernel/finding.ts';
import { flag, mapping } from '../kernel/written.ts';
import { kindKey } from './kind.ts';
import { planSchema, type BackupPlan } from './plan.ts';
import { judgeSelection, selectionKeys, type Selection } from './selection.ts';

/** Expire what the retention of a plan does not keep. */
export interface BackupRetentionSpec extends Selection {
  kind: 'backupRetention';
  plan: BackupPlan;
  /** Say what would expire, and expire nothing. */
  dryRun: boolean;
}

export const backupRetentionSchema = mapping({
  kind: kindKey('backupRetention'),
  plan: planSchema.describe('The whole spec of the backup.'),
  ...selectionKeys,
  dryRun: flag().prefault(false).describe('Say what would expire, and why. Default: false.'),
})
  .check(judgedBy(judgeSelection), judgedBy(judgeRetention))
  .transform((spec): BackupRetentionSpec => spec);

function judgeRetention({ plan }: Unfinished): Finding[] {
  if (!isMapping(plan) || plan['retention'] !== undefined) return [];
  return [
    {
      path: ['plan', 'retention'],
      message: 'missing; write which sets are kept, such as { age: 30d, count: 2 }',
    },
  ];
}
