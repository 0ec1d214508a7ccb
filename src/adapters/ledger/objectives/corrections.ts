import type {
  CorrectedMinute,
  MinuteFilter,
} from '../../../contracts/objectives/objective-store.ts';
import type { Minute } from '../../../contracts/objectives/minute.ts';
import type { LedgerDb } from '../tables.ts';
import { chunks } from './chunks.ts';

interface ChangedHour {
  objective: string;
  corrected: readonly Minute[];
}

/** Written before what takes their place: a minute is never lost. */
export async function writeCorrections(
  db: LedgerDb,
  environment: string,
  changed: readonly ChangedHour[],
): Promise<void> {
  const rows = changed.flatMap(({ objective, corrected }) =>
    corrected.map((minute) => ({
      ...{ environment, objective, minute_ms: minute.atMs, version: minute.version },
      ...{ corrected_at_ms: Date.now(), minute: JSON.stringify(minute) },
    })),
  );
  for (const some of chunks(rows)) {
    await db
      .insertInto('belay_slo_corrections')
      .values(some)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

export async function listCorrected(
  db: LedgerDb,
  { environment, objectives, fromMs, untilMs }: MinuteFilter,
): Promise<CorrectedMinute[]> {
  const rows = await db
    .selectFrom('belay_slo_corrections')
    .select(['objective', 'corrected_at_ms', 'minute'])
    .where('environment', '=', environment)
    .$if(objectives !== undefined, (query) =>
      query.where('objective', 'in', [...(objectives ?? [])]),
    )
    .where('minute_ms', '>=', fromMs)
    .where('minute_ms', '<', untilMs)
    .orderBy('corrected_at_ms')
    .orderBy('minute_ms')
    .execute();
  return rows.map(({ objective, corrected_at_ms, minute }) => ({
    ...{ objective, minute: JSON.parse(minute) as Minute },
    correctedAtMs: Number(corrected_at_ms),
  }));
}
