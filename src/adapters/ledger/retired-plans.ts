import type { RetiredPlan } from '../../contracts/backups/catalogue.ts';
import type { LedgerDb } from './tables.ts';

export async function retirePlan(db: LedgerDb, plan: RetiredPlan): Promise<void> {
  const { environment, backup } = plan;
  const retired = JSON.stringify(plan);
  await db
    .insertInto('belay_backup_retired')
    .values({ environment, backup, retired })
    .onConflict((conflict) => conflict.columns(['environment', 'backup']).doUpdateSet({ retired }))
    .execute();
}

export async function listRetired(db: LedgerDb): Promise<RetiredPlan[]> {
  const rows = await db
    .selectFrom('belay_backup_retired')
    .select('retired')
    .orderBy('environment')
    .orderBy('backup')
    .execute();
  return rows.map(({ retired }) => JSON.parse(retired) as RetiredPlan);
}
