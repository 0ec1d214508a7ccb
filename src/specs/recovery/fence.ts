import { judgedBy } from '../kernel/finding.ts';
import { flag, mapping, text, wholeNumber } from '../kernel/written.ts';
import { kindKey } from './database-kind.ts';
import { databasePlanSchema, judgeNode, type DatabasePlan } from './database-plan.ts';
import { refuseForOperator } from './judge-manager.ts';

/** What a failover knows of the node that it has promoted, or meant to promote. */
export interface AwaitedSuccessor {
  node: string;
  systemIdentifier: string;
  /** The timeline that it was on before. */
  after: number;
  /** The timeline that it is on since. Absent: nobody knows whether it was promoted. */
  timeline?: number;
}

/** Fence a former primary as soon as its host can be asked. */
export interface FenceSpec {
  kind: 'fence';
  plan: DatabasePlan;
  node: string;
  /** Absent: the other nodes are asked which of them is the primary. */
  successor?: AwaitedSuccessor;
  dryRun: boolean;
}

const successorSchema = mapping({
  node: text('write the name of a node').describe('Which node was chosen.'),
  systemIdentifier: text('write a system identifier, such as 7301').describe('Of its cluster.'),
  after: wholeNumber(0).describe('The timeline that it was on before its promotion.'),
  timeline: wholeNumber(1)
    .exactOptional()
    .describe('The timeline that it is on since. Absent: nobody knows whether it was promoted.'),
});

const instead =
  'its operator decides who takes writes. To stop an instance: `kubectl cnpg fencing on CLUSTER INSTANCE`';

export const fenceSchema = mapping({
  kind: kindKey('fence'),
  plan: databasePlanSchema.describe('The whole plan of the database.'),
  node: text('write the name of a node').describe('Which one was the primary.'),
  successor: successorSchema
    .exactOptional()
    .describe('Written by the failover that starts the run, and believed only of it.'),
  dryRun: flag().prefault(false).describe('Say what would be done, and do nothing.'),
})
  .check(judgedBy((given) => [...judgeNode('node', given), ...refuseForOperator(given, instead)]))
  .transform((spec): FenceSpec => spec);
