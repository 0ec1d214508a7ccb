import { sql } from 'kysely';
import type { LedgerFilter } from '../../contracts/kernel/ledger.ts';
import type { RunReport } from '../../contracts/kernel/report.ts';
import type { DamagedEntry } from './ledger-entry.ts';
import { readRow } from './read-row.ts';
import type { LedgerDb, RunRow } from './tables.ts';

/** Values of one statement are limited in number. */
const mostAtOnce = 500;

/**
 * A later report of the same run takes the earlier one's place. One that ended before it does not,
 * in whichever order they arrive.
 */
export async function appendRuns(db: LedgerDb, reports: readonly RunReport[]): Promise<void> {
  for (const some of chunks([...newestByRef(reports).values()])) {
    await db
      .insertInto('belay_subjects')
      .values(
        some.map(({ family, subject: { environment, name } }) => ({ family, environment, name })),
      )
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    await db
      .insertInto('belay_runs')
      .values(some.map(rowOf))
      .onConflict((conflict) =>
        conflict
          .column('run_ref')
          .doUpdateSet(({ ref }) => ({
            family: ref('excluded.family'),
            kind: ref('excluded.kind'),
            environment: ref('excluded.environment'),
            name: ref('excluded.name'),
            outcome: ref('excluded.outcome'),
            started_at_ms: ref('excluded.started_at_ms'),
            ended_at_ms: ref('excluded.ended_at_ms'),
            report: ref('excluded.report'),
          }))
          .whereRef('excluded.ended_at_ms', '>=', 'belay_runs.ended_at_ms'),
      )
      .execute();
  }
}

function newestByRef(reports: readonly RunReport[]): Map<string, RunReport> {
  const newest = new Map<string, RunReport>();
  for (const report of reports) {
    const earlier = newest.get(report.runRef);
    if (earlier === undefined || earlier.endedAtMs <= report.endedAtMs) {
      newest.set(report.runRef, report);
    }
  }
  return newest;
}

function rowOf(report: RunReport): RunRow {
  const { runRef, family, kind, subject, outcome, startedAtMs, endedAtMs } = report;
  return {
    ...{ run_ref: runRef, family, kind },
    ...{ environment: subject.environment, name: subject.name, outcome },
    ...{ started_at_ms: startedAtMs, ended_at_ms: endedAtMs },
    report: JSON.stringify(report),
  };
}

type ListedRow = Pick<RunRow, 'run_ref' | 'report'>;

/** Newest first, by their start. */
export async function listRuns(
  db: LedgerDb,
  filter: LedgerFilter,
  onDamaged: (damage: DamagedEntry) => void,
): Promise<RunReport[]> {
  const rows =
    filter.each === undefined ? await newest(db, filter) : await newestOfEach(db, filter);
  return rows.flatMap((row) => {
    const read = readRow(row);
    if (!('problem' in read)) return [read];
    onDamaged(read);
    return [];
  });
}

function matching(db: LedgerDb, filter: LedgerFilter) {
  const { family, families, kinds, environment, name, runRef, outcomes, sinceMs } = filter;
  return db
    .selectFrom('belay_runs')
    .$if(family !== undefined, (query) => query.where('family', '=', family ?? ''))
    .$if(families !== undefined, (query) => query.where('family', 'in', [...(families ?? [])]))
    .$if(kinds !== undefined, (query) => query.where('kind', 'in', [...(kinds ?? [])]))
    .$if(environment !== undefined, (query) => query.where('environment', '=', environment ?? ''))
    .$if(name !== undefined, (query) => query.where('name', '=', name ?? ''))
    .$if(runRef !== undefined, (query) => query.where('run_ref', '=', runRef ?? ''))
    .$if(outcomes !== undefined, (query) => query.where('outcome', 'in', [...(outcomes ?? [])]))
    .$if(sinceMs !== undefined, (query) => query.where('ended_at_ms', '>=', sinceMs ?? 0))
    .orderBy('started_at_ms', 'desc')
    .orderBy('run_ref', 'desc');
}

function newest(db: LedgerDb, filter: LedgerFilter): Promise<ListedRow[]> {
  return matching(db, filter)
    .select(['run_ref', 'report'])
    .$if(filter.limit !== undefined, (query) => query.limit(filter.limit ?? 0))
    .execute();
}

/** One seek in an index for each report, however many lie between them. */
async function newestOfEach(
  db: LedgerDb,
  { each = 1, limit, ...filter }: LedgerFilter,
): Promise<ListedRow[]> {
  const { family, environment, name } = filter;
  const subjects = await db
    .selectFrom('belay_subjects as subject')
    .$if(family !== undefined, (query) => query.where('family', '=', family ?? ''))
    .$if(environment !== undefined, (query) => query.where('environment', '=', environment ?? ''))
    .$if(name !== undefined, (query) => query.where('name', '=', name ?? ''))
    .select(
      Array.from({ length: each }, (_, index) =>
        matching(db, filter)
          .where(sql<boolean>`belay_runs.family = subject.family`)
          .where(sql<boolean>`belay_runs.environment = subject.environment`)
          .where(sql<boolean>`belay_runs.name = subject.name`)
          .select('run_ref')
          .limit(1)
          .offset(index)
          .as(`ref_${index}`),
      ),
    )
    .execute();
  const refs = subjects.flatMap((found) => Object.values<string | null>(found));
  const rows: Pick<RunRow, 'report' | 'run_ref' | 'started_at_ms'>[] = [];
  for (const some of chunks(refs.filter((ref) => ref !== null))) {
    const found = await db
      .selectFrom('belay_runs')
      .select(['report', 'run_ref', 'started_at_ms'])
      .where('run_ref', 'in', some)
      .execute();
    rows.push(...found);
  }
  return rows.sort(newestFirst).slice(0, limit);
}

type Dated = Pick<RunRow, 'run_ref' | 'started_at_ms'>;

function newestFirst(one: Dated, other: Dated): number {
  const later = Number(other.started_at_ms) - Number(one.started_at_ms);
  return later === 0 ? other.run_ref.localeCompare(one.run_ref) : later;
}

/**
 * Removes runs that ended before this time, but never the newest of a subject: its spec is what is
 * started again. Returns how many.
 */
export async function pruneRuns(db: LedgerDb, endedBeforeMs: number): Promise<number> {
  if (endedBeforeMs === -Infinity) return 0;
  for (let removed = 0; ;) {
    const old = await db
      .selectFrom('belay_runs as run')
      .select('run_ref')
      .where('ended_at_ms', '<', endedBeforeMs)
      .where(({ exists, selectFrom }) =>
        exists(
          selectFrom('belay_runs as later')
            .select(sql`1`.as('one'))
            .whereRef('later.family', '=', 'run.family')
            .whereRef('later.environment', '=', 'run.environment')
            .whereRef('later.name', '=', 'run.name')
            .whereRef('later.started_at_ms', '>', 'run.started_at_ms'),
        ),
      )
      .limit(mostAtOnce)
      .execute();
    if (old.length === 0) return removed;
    await db
      .deleteFrom('belay_runs')
      .where(
        'run_ref',
        'in',
        old.map(({ run_ref }) => run_ref),
      )
      .execute();
    removed += old.length;
  }
}

function chunks<T>(all: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / mostAtOnce) }, (_, index) =>
    all.slice(index * mostAtOnce, (index + 1) * mostAtOnce),
  );
}
