import { judgedBy } from '../kernel/finding.ts';
import { flag, mapping, text } from '../kernel/written.ts';
import { kindKey } from './database-kind.ts';
import { databasePlanSchema, judgeNode, type DatabasePlan } from './database-plan.ts';

/** Let a standby take over from a primary that is up, and lose nothing. */
export interface SwitchoverSpec {
  kind: 'switchover';
  plan: DatabasePlan;
  /** Absent: the standby that has received most. */
  to?: string;
  dryRun: boolean;
}

export const switchoverSchema = mapping({
  kind: kindKey('switchover'),
  plan: databasePlanSchema.describe('The whole plan of the database.'),
  to: text('write the name of a node')
    .exactOptional()
    .describe('Which standby. Default: the one that has received most.'),
  dryRun: flag().prefault(false).describe('Say what would be done, and do nothing.'),
})
  .check(judgedBy((given) => judgeNode('to', given)))
  .transform((spec): SwitchoverSpec => spec);
