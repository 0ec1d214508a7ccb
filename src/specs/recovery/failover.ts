import { judgedBy } from '../kernel/finding.ts';
import { flag, mapping, text, wholeNumber } from '../kernel/written.ts';
import { kindKey } from './database-kind.ts';
import { databasePlanSchema, judgeNode, type DatabasePlan } from './database-plan.ts';

/** What a watch knew of the primary when it went down. */
export interface SeenPrimary {
  node: string;
  /** Since when nobody has reached it: the time until it counts as down begins then. */
  downSinceMs: number;
  /** Its timeline, when it was seen last. */
  timeline?: number;
  /** The end of its log, when it was alive last. */
  lsn?: string;
  /** `synchronous_standby_names`. */
  synchronousStandbys?: string;
  /** From then on its host has fenced it, although nobody can ask it: its lease has run out. */
  leaseOverAtMs?: number;
  /** Everybody has just looked, and agreed that it is down. `atMs`: when that look began. */
  agreed?: { atMs: number; why: string };
}

/** Promote a standby in place of a primary that is down, and accept what it has not received. */
export interface FailoverSpec {
  kind: 'failover';
  plan: DatabasePlan;
  /** Absent: the standby that has received most. */
  to?: string;
  /** Which node is the primary; absent: the nodes are asked. */
  from?: string;
  /** Also where the primary answers: it is fenced, as one that does not. */
  evenIfUp: boolean;
  /** What the watch saw of the primary; absent: this run finds out what it can. */
  seen?: SeenPrimary;
  /** Say what would be done, and do nothing. */
  dryRun: boolean;
}

const seenSchema = mapping({
  node: text('write the name of a node').describe('Which node was the primary.'),
  downSinceMs: wholeNumber(0).describe('Since when nobody has reached it.'),
  timeline: wholeNumber(1).exactOptional().describe('Its timeline, when it was seen last.'),
  lsn: text('write a position, such as 0/3000028')
    .exactOptional()
    .describe('The last known end of its log.'),
  synchronousStandbys: text('write text', /^.*$/)
    .exactOptional()
    .describe('Its synchronous_standby_names.'),
  leaseOverAtMs: wholeNumber(0)
    .exactOptional()
    .describe('When its lease had run out. Believed only of a watch that starts the run itself.'),
  agreed: mapping({
    atMs: wholeNumber(0).describe('When everybody began to look.'),
    why: text('write a sentence').describe('What everybody saw.'),
  })
    .exactOptional()
    .describe('That it is down. Believed only of a watch that starts the run itself.'),
});

export const failoverSchema = mapping(
  {
    kind: kindKey('failover'),
    plan: databasePlanSchema.describe('The whole plan of the database.'),
    to: text('write the name of a node')
      .exactOptional()
      .describe('Which standby. Default: the one that has received most.'),
    from: text('write the name of a node')
      .exactOptional()
      .describe('Which node is the primary. Default: the nodes are asked.'),
    evenIfUp: flag()
      .prefault(false)
      .describe('Also where the primary still answers. Default: false: use a switchover.'),
    seen: seenSchema.exactOptional().describe('Written by the watch that starts the run.'),
    dryRun: flag().prefault(false).describe('Say what would be done, and do nothing.'),
  },
  { maxLoss: 'belongs to the plan', force: 'write evenIfUp: true, or approve what is asked' },
)
  .check(judgedBy((given) => [...judgeNode('to', given), ...judgeNode('from', given)]))
  .transform((spec): FailoverSpec => spec);
