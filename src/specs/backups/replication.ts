import { isMapping, judgedBy, type Finding, type Unfinished } from '../kernel/finding.ts';
import { mapping } from '../kernel/written.ts';
import { kindKey } from './kind.ts';
import { planSchema, type BackupPlan } from './plan.ts';
import { judgeSelection, selectionKeys } from './selection.ts';

/** Copy what the second repositories of a plan lack. Nothing is deleted there. */
export interface BackupReplicationSpec {
  kind: 'backupReplication';
  plan: BackupPlan;
  component?: string;
}

export const backupReplicationSchema = mapping(
  {
    kind: kindKey('backupReplication'),
    plan: planSchema.describe('The whole spec of the backup.'),
    component: selectionKeys.component,
  },
  { repository: 'the plan says where to, under replicateTo' },
)
  .check(judgedBy(judgeSelection), judgedBy(judgeTargets))
  .transform((spec): BackupReplicationSpec => spec);

function judgeTargets({ plan, component }: Unfinished): Finding[] {
  const targets = isMapping(plan) ? plan['replicateTo'] : undefined;
  if (!isMapping(plan)) return [];
  const named = isMapping(targets) ? Object.keys(targets) : [];
  if (typeof component === 'string' ? named.includes(component) : named.length > 0) return [];
  const whose = typeof component === 'string' ? component : 'COMPONENT';
  return [
    {
      path: ['plan', 'replicateTo'],
      message: `says nothing of ${typeof component === 'string' ? component : 'any component'}; write { ${whose}: REPOSITORY }`,
    },
  ];
}
