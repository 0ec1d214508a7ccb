import type { PlanOf } from '../plans/given-plan.ts';

/** A plan of backups is the spec of one. */
export const backupPlan: PlanOf = {
  kind: 'backup',
  spec: 'a backup',
  ofRun: ['component', 'repository'],
};
