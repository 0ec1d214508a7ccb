import { judgedBy, type Finding, type Unfinished } from '../kernel/finding.ts';
import { mapping } from '../kernel/written.ts';
import { usualDrill, type DrillChoice } from './drill-choice.ts';
import { kindKey } from './kind.ts';
import { agentName } from '../kernel/agent-name.ts';
import { planSchema, type BackupPlan } from './plan.ts';
import { targetKeys, type WantedTarget } from './restore.ts';
import { judgeSelection, selectionKeys, type Selection } from './selection.ts';

/** Restore a copy elsewhere, prove it, measure how long that took, and remove it. */
export interface RestoreDrillSpec extends Selection, Partial<WantedTarget> {
  kind: 'restoreDrill';
  plan: BackupPlan;
  drill: DrillChoice;
}

export const restoreDrillSchema = mapping(
  {
    kind: kindKey('restoreDrill'),
    plan: planSchema.describe('The whole spec of the backup.'),
    ...selectionKeys,
    to: targetKeys.to.unwrap().exactOptional().describe('Default: chosen at random.'),
    set: targetKeys.set,
    agent: agentName.exactOptional().describe('Default: that of the plan.'),
  },
  {
    sql: 'belongs to the plan, under drill',
    roles: 'belongs to the plan, under drill',
    toTime: 'write to: a time with its offset',
  },
)
  .check(judgedBy(judgeSelection), judgedBy(judgeSet))
  .transform(({ agent, ...spec }): RestoreDrillSpec => {
    const drill = spec.plan.drill ?? usualDrill;
    return { ...spec, drill: { ...drill, ...(agent !== undefined && { agent }) } };
  });

function judgeSet({ set, component }: Unfinished): Finding[] {
  if (set === undefined || component !== undefined) return [];
  return [{ path: ['component'], message: 'missing; a set is of one component' }];
}
