import type { Extent, MinuteFilter } from '../../../contracts/objectives/objective-store.ts';
import type { LedgerDb } from '../tables.ts';
import { chunks } from './chunks.ts';

/** Of each objective, its first hour of a time, and the last one in which anything was measured. */
export async function listExtents(
  db: LedgerDb,
  { environment, objectives, fromMs, untilMs }: MinuteFilter,
): Promise<Map<string, Extent>> {
  const found = new Map<string, Extent>();
  for (const some of objectives === undefined ? [undefined] : chunks(objectives)) {
    const rows = await db
      .selectFrom('belay_slo_hours')
      .select(({ fn, eb }) => [
        'objective',
        fn.min('hour_ms').as('first_ms'),
        fn
          .max('hour_ms')
          .filterWhere(
            eb.or([
              ...(['good', 'bad', 'good_ms', 'bad_ms', 'idle_ms'] as const).map((column) =>
                eb(column, '>', 0),
              ),
            ]),
          )
          .as('data_ms'),
      ])
      .where('environment', '=', environment)
      .$if(some !== undefined, (query) => query.where('objective', 'in', [...(some ?? [])]))
      .where('hour_ms', '>=', fromMs)
      .where('hour_ms', '<', untilMs)
      .groupBy('objective')
      .execute();
    for (const { objective, first_ms, data_ms } of rows) {
      const dataMs = (data_ms as number | null) ?? undefined;
      found.set(objective, {
        firstMs: Number(first_ms),
        ...(dataMs !== undefined && { dataMs: Number(dataMs) }),
      });
    }
  }
  return found;
}
