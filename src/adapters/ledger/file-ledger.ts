import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import type { Ledger, LedgerFilter } from '../../contracts/ledger.ts';
import { outcomes, type RolloutReport } from '../../contracts/report.ts';
import { LedgerError } from './ledger-error.ts';

export interface FileLedgerOptions {
  /** `<folder>/<environment>/<service>/<startedAtMs>-<rolloutId>.json`, made when first needed. */
  folder: string;
  /** Told of every entry that cannot be read; listing goes on without it. */
  onDamaged?: (damage: DamagedEntry) => void;
}

export interface DamagedEntry {
  file: string;
  problem: string;
}

/** A ledger on one machine's disk: one JSON file per rollout, written whole or not at all. */
export function createFileLedger({ folder, onDamaged }: FileLedgerOptions): Ledger {
  return {
    async append(report) {
      const home = join(folder, folderName(report.environment), folderName(report.service));
      try {
        await mkdir(home, { recursive: true });
        const file = join(home, await entryName(home, report));
        await writeFileAtomic(file, `${JSON.stringify(report, null, 2)}\n`);
      } catch (cause) {
        throw new LedgerError(`Cannot write the report of ${report.rolloutId} to ${home}`, cause);
      }
    },

    async list(filter = {}) {
      const entries = await findEntries(folder, filter);
      entries.sort((a, b) => b.startedAtMs - a.startedAtMs);
      const reports: RolloutReport[] = [];
      for (const { file } of entries) {
        if (reports.length >= (filter.limit ?? Infinity)) break;
        const entry = await readEntry(file);
        if (typeof entry === 'string') onDamaged?.({ file, problem: entry });
        else reports.push(entry);
      }
      return reports;
    },
  };
}

/** A rollout that was reset reports again under its ID: the later report takes the earlier one's place. */
async function entryName(home: string, { rolloutId, startedAtMs }: RolloutReport): Promise<string> {
  const ending = `-${folderName(rolloutId)}.json`;
  const earlier = (await readdir(home)).find(
    (name) => name.endsWith(ending) && /^\d+$/.test(name.slice(0, -ending.length)),
  );
  return earlier ?? `${startedAtMs}${ending}`;
}

async function findEntries(
  folder: string,
  { environment, service }: LedgerFilter,
): Promise<{ file: string; startedAtMs: number }[]> {
  const found: { file: string; startedAtMs: number }[] = [];
  for (const inEnvironment of await namesIn(folder, environment)) {
    for (const ofService of await namesIn(join(folder, inEnvironment), service)) {
      const home = join(folder, inEnvironment, ofService);
      for (const name of await namesIn(home)) {
        const startedAtMs = Number(/^(\d+)-.+\.json$/.exec(name)?.[1]);
        if (Number.isFinite(startedAtMs)) found.push({ file: join(home, name), startedAtMs });
      }
    }
  }
  return found;
}

async function namesIn(folder: string, only?: string): Promise<string[]> {
  try {
    const names = await readdir(folder);
    return only === undefined ? names : names.filter((name) => name === folderName(only));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw new LedgerError(`Cannot read the ledger in ${folder}`, error);
  }
}

/** The report, or what is wrong with the file. */
async function readEntry(file: string): Promise<RolloutReport | string> {
  try {
    const entry: unknown = JSON.parse(await readFile(file, 'utf8'));
    return isReport(entry) ? entry : 'it is JSON, but not a rollout report';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function isReport(entry: unknown): entry is RolloutReport {
  const report = entry as Partial<RolloutReport> | null;
  return (
    typeof report?.rolloutId === 'string' &&
    typeof report.startedAtMs === 'number' &&
    typeof report.endedAtMs === 'number' &&
    Array.isArray(report.stages) &&
    (outcomes as readonly unknown[]).includes(report.outcome)
  );
}

/** Nothing in a name may leave the ledger's folder. */
function folderName(name: string): string {
  return encodeURIComponent(name).replace(/^\.+/, (dots) => '%2E'.repeat(dots.length));
}
