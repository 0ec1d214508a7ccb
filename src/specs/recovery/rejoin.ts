import { judgedBy } from '../kernel/finding.ts';
import { choice, flag, mapping, text } from '../kernel/written.ts';
import { kindKey } from './database-kind.ts';
import { databasePlanSchema, judgeNode, type DatabasePlan } from './database-plan.ts';
import { refuseForOperator } from './judge-manager.ts';

/** Make a node that is no standby a standby of the primary. */
export interface RejoinSpec {
  kind: 'rejoin';
  plan: DatabasePlan;
  node: string;
  method: 'auto' | 'start' | 'rewind' | 'copy';
  dryRun: boolean;
}

const instead =
  'its operator makes a standby of a former primary by itself. For an instance that it cannot repair: `kubectl cnpg destroy CLUSTER INSTANCE`, and it makes a new one';

export const rejoinSchema = mapping({
  kind: kindKey('rejoin'),
  plan: databasePlanSchema.describe('The whole plan of the database.'),
  node: text('write the name of a node').describe('Which one.'),
  method: choice(['auto', 'start', 'rewind', 'copy'])
    .prefault('auto')
    .describe('Default: auto, the cheapest that is enough.'),
  dryRun: flag().prefault(false).describe('Say what would be done, and do nothing.'),
})
  .check(judgedBy((given) => [...judgeNode('node', given), ...refuseForOperator(given, instead)]))
  .transform((spec): RejoinSpec => spec);
