import type { MinuteFilter } from '../../../contracts/objectives/objective-store.ts';
import type { Spending, SpendingCause } from '../../../contracts/objectives/spending.ts';
import type { LedgerDb } from '../tables.ts';
import { chunks } from './chunks.ts';

export async function listSpending(
  db: LedgerDb,
  { environment, objectives, fromMs, untilMs }: MinuteFilter,
): Promise<Spending[]> {
  const rows = await db
    .selectFrom('belay_slo_spending')
    .selectAll()
    .where('environment', '=', environment)
    .$if(objectives !== undefined, (query) =>
      query.where('objective', 'in', [...(objectives ?? [])]),
    )
    .where('from_ms', '>=', fromMs)
    .where('from_ms', '<', untilMs)
    .orderBy('from_ms')
    .orderBy('objective')
    .execute();
  return rows.map(({ objective, from_ms, until_ms, bad, cause, run_ref }) => ({
    ...{ objective, fromMs: Number(from_ms), untilMs: Number(until_ms), bad: Number(bad) },
    cause: cause as SpendingCause,
    ...(run_ref !== null && { runRef: run_ref }),
  }));
}

export async function writeSpending(
  db: LedgerDb,
  { environment, objectives, fromMs, untilMs }: MinuteFilter,
  spending: readonly Spending[],
): Promise<void> {
  const kept = new Set(spending.map(({ objective, fromMs: from }) => `${objective} ${from}`));
  const known = await listSpending(db, {
    ...{ environment, fromMs, untilMs },
    ...(objectives && { objectives }),
  });
  for (const { objective, fromMs: from } of known) {
    if (kept.has(`${objective} ${from}`)) continue;
    await db
      .deleteFrom('belay_slo_spending')
      .where('environment', '=', environment)
      .where('objective', '=', objective)
      .where('from_ms', '=', from)
      .execute();
  }
  for (const some of chunks(spending)) {
    await db
      .insertInto('belay_slo_spending')
      .values(
        some.map((each) => ({
          ...{ environment, objective: each.objective, from_ms: each.fromMs },
          ...{ until_ms: each.untilMs, bad: each.bad, cause: each.cause },
          run_ref: each.runRef ?? null,
        })),
      )
      .onConflict((conflict) =>
        conflict.columns(['environment', 'objective', 'from_ms']).doUpdateSet(({ ref }) => ({
          until_ms: ref('excluded.until_ms'),
          bad: ref('excluded.bad'),
          cause: ref('excluded.cause'),
          run_ref: ref('excluded.run_ref'),
        })),
      )
      .execute();
  }
}
