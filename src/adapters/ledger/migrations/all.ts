import type { Migration } from 'kysely/migration';
import { runs } from './0001-runs.ts';
import { backupSets } from './0002-backup-sets.ts';
import { retiredPlans } from './0003-retired-plans.ts';
import { objectives } from './0004-objectives.ts';
import { downtimes } from './0005-downtimes.ts';
import { monitorAttempts } from './0006-monitor-attempts.ts';

/** In their order. One that was released is never changed: what follows it is a new one. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-runs': runs,
  '0002-backup-sets': backupSets,
  '0003-retired-plans': retiredPlans,
  '0004-objectives': objectives,
  '0005-downtimes': downtimes,
  '0006-monitor-attempts': monitorAttempts,
};
