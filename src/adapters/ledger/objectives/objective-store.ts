import type { KeptReading } from '../../../contracts/objectives/counter-reading.ts';
import type { Exclusion } from '../../../contracts/objectives/exclusion.ts';
import type {
  MinuteFilter,
  MonitorState,
  ObjectiveStore,
  StoredHour,
} from '../../../contracts/objectives/objective-store.ts';
import type { LedgerDb } from '../tables.ts';
import { chunks } from './chunks.ts';
import { listCorrected } from './corrections.ts';
import { listDowntimes, writeDowntime } from './downtimes.ts';
import { listExtents } from './extents.ts';
import { listHours, listMinutes, sumHours, updateHours } from './hours.ts';
import { listSpending, writeSpending } from './spending.ts';
import { listViolations, writeViolations } from './violations.ts';

type Use = <T>(act: (db: LedgerDb) => Promise<T>) => Promise<T>;

/** Minutes of objectives and what follows from them, in the database of the ledger. */
export function createObjectiveStore(use: Use): ObjectiveStore {
  return {
    updateHours: async (environment, hours, update) => {
      let thrown: { error: unknown } | undefined;
      const noting = (known: StoredHour) => {
        try {
          return update(known);
        } catch (error) {
          thrown = { error };
          throw error;
        }
      };
      await use((db) => updateHours(db, environment, hours, noting)).catch((error: unknown) => {
        throw thrown === undefined ? error : thrown.error;
      });
    },
    listMinutes: (filter) => use((db) => listMinutes(db, filter)),
    listHours: (filter) => use((db) => listHours(db, filter)),
    sumHours: (filter) => use((db) => sumHours(db, filter)),
    listExtents: (filter) => use((db) => listExtents(db, filter)),
    listCorrected: (filter) => use((db) => listCorrected(db, filter)),
    listReadings: (environment) => use((db) => listReadings(db, environment)),
    writeReadings: (environment, readings) => use((db) => writeReadings(db, environment, readings)),
    keepReadings: (environment, objectives) =>
      use((db) => keepReadings(db, environment, objectives)),
    claimMonitor: (environment, attemptAtMs) =>
      use((db) => claimMonitor(db, environment, attemptAtMs)),
    listViolations: (filter) => use((db) => listViolations(db, filter)),
    writeViolations: (environment, violations) =>
      use((db) => writeViolations(db, environment, violations)),
    listSpending: (filter) => use((db) => listSpending(db, filter)),
    writeSpending: (filter, spending) => use((db) => writeSpending(db, filter, spending)),
    readState: async (environment) => (await use((db) => listStates(db, environment)))[0],
    listStates: () => use((db) => listStates(db)),
    writeState: (state) => use((db) => writeState(db, state)),
    listExclusions: (filter) => use((db) => listExclusions(db, filter)),
    writeExclusion: (exclusion) => use((db) => writeExclusion(db, exclusion)),
    changeExclusion: (known, changed) => use((db) => changeExclusion(db, known, changed)),
    listDowntimes: (filter) => use((db) => listDowntimes(db, filter)),
    writeDowntime: (downtime) => use((db) => writeDowntime(db, downtime)),
    pruneMinutes: (environment, beforeMs) => use((db) => prune(db, environment, beforeMs)),
  };
}

async function listReadings(db: LedgerDb, environment: string): Promise<Map<string, KeptReading>> {
  const rows = await db
    .selectFrom('belay_slo_readings')
    .select(['objective', 'reading'])
    .where('environment', '=', environment)
    .execute();
  return new Map(
    rows.map(({ objective, reading }) => [objective, JSON.parse(reading) as KeptReading]),
  );
}

async function writeReadings(
  db: LedgerDb,
  environment: string,
  readings: ReadonlyMap<string, KeptReading>,
): Promise<void> {
  for (const some of chunks([...readings])) {
    await db
      .insertInto('belay_slo_readings')
      .values(
        some.map(([objective, reading]) => ({
          ...{ environment, objective, reading: JSON.stringify(reading) },
        })),
      )
      .onConflict((conflict) =>
        conflict
          .columns(['environment', 'objective'])
          .doUpdateSet(({ ref }) => ({ reading: ref('excluded.reading') })),
      )
      .execute();
  }
}

async function keepReadings(
  db: LedgerDb,
  environment: string,
  objectives: readonly string[],
): Promise<void> {
  const known = await db
    .selectFrom('belay_slo_readings')
    .select('objective')
    .where('environment', '=', environment)
    .execute();
  const kept = new Set(objectives);
  const others = known.map(({ objective }) => objective).filter((name) => !kept.has(name));
  for (const some of chunks(others)) {
    await db
      .deleteFrom('belay_slo_readings')
      .where('environment', '=', environment)
      .where('objective', 'in', some)
      .execute();
  }
}

async function claimMonitor(
  db: LedgerDb,
  environment: string,
  attemptAtMs: number,
): Promise<boolean> {
  await db
    .updateTable('belay_slo_states')
    .set({ attempt_ms: attemptAtMs })
    .where('environment', '=', environment)
    .where(({ eb, or }) => or([eb('attempt_ms', 'is', null), eb('attempt_ms', '<', attemptAtMs)]))
    .execute();
  const row = await db
    .selectFrom('belay_slo_states')
    .select('attempt_ms')
    .where('environment', '=', environment)
    .executeTakeFirst();
  return Number(row?.attempt_ms ?? 0) <= attemptAtMs;
}

async function listStates(db: LedgerDb, environment?: string): Promise<MonitorState[]> {
  const rows = await db
    .selectFrom('belay_slo_states')
    .select('state')
    .$if(environment !== undefined, (query) => query.where('environment', '=', environment ?? ''))
    .orderBy('environment')
    .execute();
  return rows.map(({ state }) => JSON.parse(state) as MonitorState);
}

async function writeState(db: LedgerDb, state: MonitorState): Promise<void> {
  const written = JSON.stringify(state);
  await db
    .insertInto('belay_slo_states')
    .values({ environment: state.environment, state: written, attempt_ms: null })
    .onConflict((conflict) => conflict.column('environment').doUpdateSet({ state: written }))
    .execute();
}

async function listExclusions(
  db: LedgerDb,
  { environment, fromMs, untilMs }: Omit<MinuteFilter, 'objectives'>,
): Promise<Exclusion[]> {
  const rows = await db
    .selectFrom('belay_slo_exclusions')
    .select('exclusion')
    .where('environment', '=', environment)
    .where('from_ms', '<', untilMs)
    .where('until_ms', '>', fromMs)
    .orderBy('from_ms')
    .orderBy('id')
    .execute();
  return rows.map(({ exclusion }) => JSON.parse(exclusion) as Exclusion);
}

async function writeExclusion(db: LedgerDb, written: Exclusion): Promise<void> {
  const { id, environment, fromMs: from_ms, untilMs: until_ms } = written;
  const row = { environment, from_ms, until_ms, exclusion: JSON.stringify(written) };
  await db
    .insertInto('belay_slo_exclusions')
    .values({ id, ...row })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute();
}

async function changeExclusion(
  db: LedgerDb,
  known: Exclusion,
  changed: Exclusion,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('belay_slo_exclusions')
    .set({ until_ms: changed.untilMs, exclusion: JSON.stringify(changed) })
    .where('id', '=', known.id)
    // As it was read: what was parsed is written in the same order again.
    .where('exclusion', '=', JSON.stringify(known))
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

async function prune(db: LedgerDb, environment: string, beforeMs: number): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('belay_slo_hours')
    .where('environment', '=', environment)
    .where('hour_ms', '<', beforeMs)
    .executeTakeFirstOrThrow();
  await db
    .deleteFrom('belay_slo_corrections')
    .where('environment', '=', environment)
    .where('minute_ms', '<', beforeMs)
    .execute();
  await db
    .deleteFrom('belay_slo_spending')
    .where('environment', '=', environment)
    .where('until_ms', '<', beforeMs)
    .execute();
  await db
    .deleteFrom('belay_slo_violations')
    .where('environment', '=', environment)
    .where('closed_at_ms', '<', beforeMs)
    .execute();
  return Number(numDeletedRows);
}
