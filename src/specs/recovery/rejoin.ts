import { judgedBy } from '../kernel/finding.ts';
import { choice, flag, mapping, text } from '../kernel/written.ts';
import { kindKey } from './database-kind.ts';
import { databasePlanSchema, judgeNode, type DatabasePlan } from './database-plan.ts';

/** Make a node that is no standby a standby of the primary. */
export interface RejoinSpec {
  kind: 'rejoin';
  plan: DatabasePlan;
  node: string;
  method: 'auto' | 'start' | 'rewind' | 'copy';
  dryRun: boolean;
}

export const rejoinSchema = mapping({
  kind: kindKey('rejoin'),
  plan: databasePlanSchema.describe('The whole plan of the database.'),
  node: text('write the name of a node').describe('Which one.'),
  method: choice(['auto', 'start', 'rewind', 'copy'])
    .prefault('auto')
    .describe('Default: auto, the cheapest that is enough.'),
  dryRun: flag().prefault(false).describe('Say what would be done, and do nothing.'),
})
  .check(judgedBy((given) => judgeNode('node', given)))
  .transform((spec): RejoinSpec => spec);
