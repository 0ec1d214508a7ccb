import type {
  Catalogue,
  CatalogueEntry,
  CatalogueFilter,
  EntryChange,
  KnownRepository,
} from '../../contracts/backups/catalogue.ts';
import { listRetired, retirePlan } from './retired-plans.ts';
import type { DamagedEntry } from './ledger-entry.ts';
import type { BackupSetRow, LedgerDb } from './tables.ts';

/** Values of one statement are limited in number. */
const mostAtOnce = 500;

type Use = <T>(act: (db: LedgerDb) => Promise<T>) => Promise<T>;

/** The catalogue of backups, in the database of the ledger. */
export function createCatalogue(use: Use, onDamaged: (damage: DamagedEntry) => void): Catalogue {
  return {
    list: (filter = {}) =>
      use(async (db) => {
        const rows = await listRows(db, filter);
        return rows.flatMap((row) => {
          const entry = readEntry(row);
          if (entry !== undefined) return [{ entry, version: Number(row.version) }];
          onDamaged({ entry: `set ${row.label}`, problem: 'is not JSON' });
          return [];
        });
      }),
    write: (changes) => use((db) => writeEntries(db, changes)),
    listRepositories: (filter = {}) => use((db) => listRepositories(db, filter)),
    noteRepository: (known) => use((db) => noteRepository(db, known)),
    retire: (plan) => use((db) => retirePlan(db, plan)),
    listRetired: () => use(listRetired),
  };
}

type ListedRow = Pick<BackupSetRow, 'label' | 'entry' | 'version'>;

async function listRows(db: LedgerDb, filter: CatalogueFilter): Promise<ListedRow[]> {
  const { environment, backup, component, repository, labels, gone = false, page } = filter;
  const rows: ListedRow[] = [];
  for (const some of labels === undefined ? [undefined] : chunks(labels)) {
    const found = await db
      .selectFrom('belay_backup_sets')
      .select(['label', 'entry', 'version'])
      .$if(environment !== undefined, (query) => query.where('environment', '=', environment ?? ''))
      .$if(backup !== undefined, (query) => query.where('backup', '=', backup ?? ''))
      .$if(component !== undefined, (query) => query.where('component', '=', component ?? ''))
      .$if(repository !== undefined, (query) => query.where('repository', '=', repository ?? ''))
      .$if(some !== undefined, (query) => query.where('label', 'in', some ?? []))
      .$if(!gone, (query) => query.where('gone', '=', 0))
      .orderBy('started_at_ms')
      .orderBy('label')
      .$if(page !== undefined, (query) => query.limit(page?.most ?? 0).offset(page?.from ?? 0))
      .execute();
    rows.push(...found);
  }
  return rows;
}

function readEntry({ entry }: ListedRow): CatalogueEntry | undefined {
  try {
    return JSON.parse(entry) as CatalogueEntry;
  } catch {
    return undefined;
  }
}

async function writeEntries(db: LedgerDb, changes: readonly EntryChange[]): Promise<EntryChange[]> {
  const refused: EntryChange[] = [];
  for (const some of chunks(changes.filter(({ before }) => before === undefined))) {
    const inserted = await db
      .insertInto('belay_backup_sets')
      .values(some.map(({ after }) => rowOf(after, 1)))
      .onConflict((conflict) => conflict.doNothing())
      .returning(['environment', 'backup', 'component', 'repository', 'label'])
      .execute();
    const keys = new Set(inserted.map(keyOf));
    for (const change of some) {
      if (keys.has(keyOf(rowOf(change.after, 1)))) continue;
      if (!(await replaceDamaged(db, change.after))) refused.push(change);
    }
  }
  for (const change of changes) {
    const { before, after } = change;
    if (before !== undefined && !(await replaceEntry(db, after, before.version))) {
      refused.push(change);
    }
  }
  return refused;
}

/** What nobody can read, nobody can have read. */
async function replaceDamaged(db: LedgerDb, after: CatalogueEntry): Promise<boolean> {
  const { environment, backup, component, set } = after;
  const filter = { environment, backup, component: component.name, labels: [set.label] };
  const [row] = await listRows(db, { ...filter, repository: set.repository, gone: true });
  if (row === undefined || readEntry(row) !== undefined) return false;
  return replaceEntry(db, after, Number(row.version));
}

async function replaceEntry(
  db: LedgerDb,
  after: CatalogueEntry,
  version: number,
): Promise<boolean> {
  const { environment, backup, component, repository, label, ...row } = rowOf(after, version + 1);
  const { numUpdatedRows } = await db
    .updateTable('belay_backup_sets')
    .set(row)
    .where('environment', '=', environment)
    .where('backup', '=', backup)
    .where('component', '=', component)
    .where('repository', '=', repository)
    .where('label', '=', label)
    .where('version', '=', version)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** Removes what is gone and was made before this time. Returns how many. */
export async function pruneEntries(db: LedgerDb, madeBeforeMs: number): Promise<number> {
  if (madeBeforeMs === -Infinity) return 0;
  const { numDeletedRows } = await db
    .deleteFrom('belay_backup_sets')
    .where('gone', '=', 1)
    .where('started_at_ms', '<', madeBeforeMs)
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}

function rowOf(entry: CatalogueEntry, version: number): BackupSetRow {
  const { environment, backup, component, set, expired, missing } = entry;
  return {
    ...{ environment, backup, component: component.name },
    ...{ repository: set.repository, label: set.label, started_at_ms: set.startedAtMs },
    gone: expired === undefined && missing === undefined ? 0 : 1,
    ...{ version, entry: JSON.stringify(entry) },
  };
}

type Key = Pick<BackupSetRow, 'environment' | 'backup' | 'component' | 'repository' | 'label'>;

function keyOf({ environment, backup, component, repository, label }: Key): string {
  return JSON.stringify([environment, backup, component, repository, label]);
}

async function listRepositories(
  db: LedgerDb,
  { environment, backup, component, repository }: CatalogueFilter,
): Promise<KnownRepository[]> {
  const rows = await db
    .selectFrom('belay_backup_repositories')
    .select('known')
    .$if(environment !== undefined, (query) => query.where('environment', '=', environment ?? ''))
    .$if(backup !== undefined, (query) => query.where('backup', '=', backup ?? ''))
    .$if(component !== undefined, (query) => query.where('component', '=', component ?? ''))
    .$if(repository !== undefined, (query) => query.where('repository', '=', repository ?? ''))
    .orderBy('environment')
    .orderBy('backup')
    .orderBy('component')
    .orderBy('repository')
    .execute();
  return rows.map(({ known }) => JSON.parse(known) as KnownRepository);
}

async function noteRepository(db: LedgerDb, known: KnownRepository): Promise<void> {
  const { environment, backup, component, contents } = known;
  await db
    .insertInto('belay_backup_repositories')
    .values({
      ...{ environment, backup, component: component.name, repository: contents.repository },
      ...{ read_at_ms: contents.readAtMs, known: JSON.stringify(known) },
    })
    .onConflict((conflict) =>
      conflict
        .columns(['environment', 'backup', 'component', 'repository'])
        .doUpdateSet(({ ref }) => ({
          read_at_ms: ref('excluded.read_at_ms'),
          known: ref('excluded.known'),
        }))
        .whereRef('excluded.read_at_ms', '>=', 'belay_backup_repositories.read_at_ms'),
    )
    .execute();
}

function chunks<T>(all: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / mostAtOnce) }, (_, index) =>
    all.slice(index * mostAtOnce, (index + 1) * mostAtOnce),
  );
}
