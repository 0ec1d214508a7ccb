import type {
  HourUpdate,
  MinuteFilter,
  StoredHour,
} from '../../../contracts/objectives/objective-store.ts';
import { hourMs, type Minute } from '../../../contracts/objectives/minute.ts';
import { emptyTally, type Hour, type Tally } from '../../../contracts/objectives/tally.ts';
import type { LedgerDb, SloHourRow } from '../tables.ts';
import { chunks } from './chunks.ts';
import { writeCorrections } from './corrections.ts';
import { decodeMinutes, encodeMinutes } from './encode-minutes.ts';

/** Each of several writers changes at least one hour in every round. */
const mostRounds = 100;

type HourName = Omit<StoredHour, 'minutes'>;

export async function updateHours(
  db: LedgerDb,
  environment: string,
  hours: readonly HourName[],
  update: (known: StoredHour) => HourUpdate | undefined,
): Promise<void> {
  let left = hours;
  for (let round = 0; left.length > 0; round++) {
    if (round === mostRounds) throw new Error('others change the same hours again and again');
    const refused: HourName[] = [];
    for (const some of chunks(left)) {
      refused.push(...(await updateSome(db, environment, some, update)));
    }
    left = refused;
  }
}

/** Returns those that somebody else has changed meanwhile. */
async function updateSome(
  db: LedgerDb,
  environment: string,
  hours: readonly HourName[],
  update: (known: StoredHour) => HourUpdate | undefined,
): Promise<HourName[]> {
  const known = await readHours(db, environment, hours);
  const changed = hours.flatMap(({ objective, atMs }) => {
    const row = known.get(keyOf(objective, atMs));
    const minutes = row === undefined ? [] : decodeMinutes(atMs, row.minutes);
    const updated = update({ objective, atMs, minutes });
    return updated === undefined
      ? []
      : [{ objective, atMs, version: Number(row?.version ?? 0) + 1, ...updated }];
  });
  if (changed.length === 0) return [];
  await writeCorrections(db, environment, changed);
  const written = await db
    .insertInto('belay_slo_hours')
    .values(changed.map((hour) => rowOf(environment, hour)))
    .onConflict((conflict) =>
      conflict
        .columns(['environment', 'objective', 'hour_ms'])
        .doUpdateSet(({ ref }) => ({
          version: ref('excluded.version'),
          good: ref('excluded.good'),
          bad: ref('excluded.bad'),
          good_ms: ref('excluded.good_ms'),
          bad_ms: ref('excluded.bad_ms'),
          no_data_ms: ref('excluded.no_data_ms'),
          idle_ms: ref('excluded.idle_ms'),
          unknown_ms: ref('excluded.unknown_ms'),
          busiest: ref('excluded.busiest'),
          minutes: ref('excluded.minutes'),
        }))
        .where(({ eb, ref }) =>
          eb('belay_slo_hours.version', '=', eb(ref('excluded.version'), '-', 1)),
        ),
    )
    .returning(['objective', 'hour_ms'])
    .execute();
  const done = new Set(written.map(({ objective, hour_ms }) => keyOf(objective, Number(hour_ms))));
  return changed.filter(({ objective, atMs }) => !done.has(keyOf(objective, atMs)));
}

function keyOf(objective: string, atMs: number): string {
  return `${objective} ${atMs}`;
}

async function readHours(
  db: LedgerDb,
  environment: string,
  hours: readonly HourName[],
): Promise<Map<string, Pick<SloHourRow, 'minutes' | 'version'>>> {
  const rows = await db
    .selectFrom('belay_slo_hours')
    .select(['objective', 'hour_ms', 'version', 'minutes'])
    .where('environment', '=', environment)
    .where('objective', 'in', [...new Set(hours.map(({ objective }) => objective))])
    .where('hour_ms', 'in', [...new Set(hours.map(({ atMs }) => atMs))])
    .execute();
  return new Map(rows.map((row) => [keyOf(row.objective, Number(row.hour_ms)), row]));
}

function rowOf(
  environment: string,
  {
    objective,
    atMs,
    version,
    minutes,
    tally,
  }: HourName & { version: number; minutes: readonly Minute[]; tally: Tally },
): SloHourRow {
  const { good, bad, goodMs, badMs, noDataMs, idleMs, unknownMs, busiest } = tally;
  return {
    ...{ environment, objective, hour_ms: atMs, version, good, bad },
    ...{ good_ms: goodMs, bad_ms: badMs, no_data_ms: noDataMs, idle_ms: idleMs },
    ...{ unknown_ms: unknownMs, busiest, minutes: encodeMinutes(atMs, minutes) },
  };
}

export async function listMinutes(
  db: LedgerDb,
  { environment, objectives, fromMs, untilMs }: MinuteFilter,
): Promise<Map<string, Minute[]>> {
  const found = new Map<string, Minute[]>();
  for (const some of objectives === undefined ? [undefined] : chunks(objectives)) {
    const rows = await db
      .selectFrom('belay_slo_hours')
      .select(['objective', 'hour_ms', 'minutes'])
      .where('environment', '=', environment)
      .$if(some !== undefined, (query) => query.where('objective', 'in', [...(some ?? [])]))
      .where('hour_ms', '>', fromMs - hourMs)
      .where('hour_ms', '<', untilMs)
      .orderBy('objective')
      .orderBy('hour_ms')
      .execute();
    for (const { objective, hour_ms, minutes } of rows) {
      const within = decodeMinutes(Number(hour_ms), minutes).filter(
        ({ atMs }) => atMs >= fromMs && atMs < untilMs,
      );
      const before = found.get(objective);
      if (before === undefined) found.set(objective, within);
      else before.push(...within);
    }
  }
  return found;
}

const summed = [
  ...(['good', 'bad', 'good_ms', 'bad_ms', 'no_data_ms', 'idle_ms', 'unknown_ms'] as const),
] as const;

export async function listHours(
  db: LedgerDb,
  { environment, objectives, fromMs, untilMs }: MinuteFilter,
): Promise<Hour[]> {
  const hours: Hour[] = [];
  for (const some of objectives === undefined ? [undefined] : chunks(objectives)) {
    const rows = await db
      .selectFrom('belay_slo_hours')
      .select(['objective', 'hour_ms', 'busiest', ...summed])
      .where('environment', '=', environment)
      .$if(some !== undefined, (query) => query.where('objective', 'in', [...(some ?? [])]))
      .where('hour_ms', '>=', fromMs)
      .where('hour_ms', '<', untilMs)
      .orderBy('objective')
      .orderBy('hour_ms')
      .execute();
    hours.push(
      ...rows.map((row) => ({
        ...{ objective: row.objective, atMs: Number(row.hour_ms), tally: tallyOf(row) },
      })),
    );
  }
  return hours;
}

export async function sumHours(
  db: LedgerDb,
  { environment, objectives, fromMs, untilMs }: MinuteFilter,
): Promise<Map<string, Tally>> {
  const sums = new Map<string, Tally>();
  for (const some of objectives === undefined ? [undefined] : chunks(objectives)) {
    const rows = await db
      .selectFrom('belay_slo_hours')
      .select(({ fn }) => [
        'objective',
        fn.max('busiest').as('busiest'),
        ...summed.map((column) => fn.sum(column).as(column)),
      ])
      .where('environment', '=', environment)
      .$if(some !== undefined, (query) => query.where('objective', 'in', [...(some ?? [])]))
      .where('hour_ms', '>=', fromMs)
      .where('hour_ms', '<', untilMs)
      .groupBy('objective')
      .execute();
    for (const row of rows) sums.set(row.objective, tallyOf(row as unknown as SummedRow));
  }
  return sums;
}

type SummedRow = Pick<SloHourRow, (typeof summed)[number] | 'busiest'>;

/** PostgreSQL gives large numbers as text. */
function tallyOf(row: SummedRow): Tally {
  return {
    ...emptyTally,
    ...{ good: Number(row.good), bad: Number(row.bad), busiest: Number(row.busiest) },
    ...{ goodMs: Number(row.good_ms), badMs: Number(row.bad_ms) },
    ...{ noDataMs: Number(row.no_data_ms), idleMs: Number(row.idle_ms) },
    unknownMs: Number(row.unknown_ms),
  };
}
