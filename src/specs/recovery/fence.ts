import { judgedBy } from '../kernel/finding.ts';
import { flag, mapping, text } from '../kernel/written.ts';
import { kindKey } from './database-kind.ts';
import { databasePlanSchema, judgeNode, type DatabasePlan } from './database-plan.ts';

/** Fence a former primary as soon as its host can be asked. */
export interface FenceSpec {
  kind: 'fence';
  plan: DatabasePlan;
  node: string;
  dryRun: boolean;
}

export const fenceSchema = mapping({
  kind: kindKey('fence'),
  plan: databasePlanSchema.describe('The whole plan of the database.'),
  node: text('write the name of a node').describe('Which one was the primary.'),
  dryRun: flag().prefault(false).describe('Say what would be done, and do nothing.'),
})
  .check(judgedBy((given) => judgeNode('node', given)))
  .transform((spec): FenceSpec => spec);
