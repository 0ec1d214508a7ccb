import type { Downtime } from '../../../contracts/objectives/downtime.ts';
import type { MinuteFilter } from '../../../contracts/objectives/objective-store.ts';
import type { LedgerDb } from '../tables.ts';

export async function listDowntimes(
  db: LedgerDb,
  { environment, fromMs, untilMs }: Omit<MinuteFilter, 'objectives'>,
): Promise<Downtime[]> {
  const rows = await db
    .selectFrom('belay_slo_downtimes')
    .select('downtime')
    .where('environment', '=', environment)
    .where('from_ms', '<', untilMs)
    .where('until_ms', '>', fromMs)
    .orderBy('from_ms')
    .orderBy('id')
    .execute();
  return rows.map(({ downtime }) => JSON.parse(downtime) as Downtime);
}

export async function writeDowntime(db: LedgerDb, written: Downtime): Promise<void> {
  const { id, environment, fromMs: from_ms, untilMs: until_ms } = written;
  await db
    .insertInto('belay_slo_downtimes')
    .values({ id, environment, from_ms, until_ms, downtime: JSON.stringify(written) })
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet(({ ref }) => ({ downtime: ref('excluded.downtime') })),
    )
    .execute();
}
