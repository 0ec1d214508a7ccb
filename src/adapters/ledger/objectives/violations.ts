import type { ViolationFilter } from '../../../contracts/objectives/objective-store.ts';
import type { Violation } from '../../../contracts/objectives/violation.ts';
import type { LedgerDb } from '../tables.ts';
import { chunks } from './chunks.ts';

export async function listViolations(
  db: LedgerDb,
  { environment, objectives, closed }: ViolationFilter,
): Promise<Violation[]> {
  const rows = await db
    .selectFrom('belay_slo_violations')
    .select('violation')
    .where('environment', '=', environment)
    .$if(objectives !== undefined, (query) =>
      query.where('objective', 'in', [...(objectives ?? [])]),
    )
    .where(({ eb, and, or }) => {
      const isOpen = eb('closed_at_ms', 'is', null);
      if (closed === undefined) return isOpen;
      const isWithin = and([
        eb('closed_at_ms', '>=', closed.fromMs),
        eb('closed_at_ms', '<', closed.untilMs),
      ]);
      return or([isOpen, isWithin]);
    })
    .orderBy('opened_at_ms')
    .orderBy('objective')
    .execute();
  return rows.map(({ violation }) => JSON.parse(violation) as Violation);
}

export async function writeViolations(
  db: LedgerDb,
  environment: string,
  violations: readonly Violation[],
): Promise<void> {
  for (const some of chunks(violations)) {
    await db
      .insertInto('belay_slo_violations')
      .values(
        some.map((violation) => ({
          ...{ environment, objective: violation.objective, kind: violation.kind },
          ...{ opened_at_ms: violation.openedAtMs, closed_at_ms: violation.closedAtMs ?? null },
          violation: JSON.stringify(violation),
        })),
      )
      .onConflict((conflict) =>
        conflict
          .columns(['environment', 'objective', 'kind', 'opened_at_ms'])
          .doUpdateSet(({ ref }) => ({
            closed_at_ms: ref('excluded.closed_at_ms'),
            violation: ref('excluded.violation'),
          }))
          // One that is closed stays closed.
          .where(({ eb, or, ref }) =>
            or([
              eb('belay_slo_violations.closed_at_ms', 'is', null),
              eb(ref('excluded.closed_at_ms'), 'is not', null),
            ]),
          ),
      )
      .execute();
  }
}
