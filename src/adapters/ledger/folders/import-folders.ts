import { createHash } from 'node:crypto';
import { rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunReport } from '../../../contracts/kernel/report.ts';
import { reportOfResponse, isAlertResponse } from '../../../contracts/rollouts/alert-reports.ts';
import { readRolloutReport } from '../../../contracts/rollouts/read-report.ts';
import type { DamagedEntry } from '../ledger-entry.ts';
import { readEntries } from './entry-folder.ts';

export interface ImportOptions {
  /** Of rollouts; responses to alerts are in `.alerts` within it. */
  folder: string;
  /** The database: each has the files imported once. */
  place: string;
  /** It was empty: one that was lost may have had these files before. */
  isNew: boolean;
  append(reports: readonly RunReport[]): Promise<void>;
  onDamaged?: (damage: DamagedEntry) => void;
}

const atOnce = 500;
/** A file that was written while the last import ran. */
const overlapMs = 5_000;

/**
 * Copies what an earlier Belay wrote as files into the database, and leaves the files as they are.
 * Files that are written later, as by a rollout that is pinned to the earlier version, are imported at
 * the next start. Returns how many.
 */
export async function importFolders(options: ImportOptions): Promise<number> {
  const { folder, place, isNew, append } = options;
  const marker = join(folder, `.imported-${hashOf(place)}`);
  const startedMs = Date.now();
  if (isNew) await rm(marker, { force: true }).catch(() => undefined);
  const sinceMs = isNew ? 0 : await lastImport(marker);
  let imported = 0;
  let batch: RunReport[] = [];
  const flush = async () => {
    await append(batch);
    imported += batch.length;
    batch = [];
  };
  for await (const report of earlierReports(options, sinceMs - overlapMs)) {
    if (batch.push(report) === atOnce) await flush();
  }
  await flush();
  if (imported > 0) await mark(marker, startedMs);
  return imported;
}

async function* earlierReports(
  { folder, onDamaged }: ImportOptions,
  sinceMs: number,
): AsyncGenerator<RunReport> {
  const readers = [
    { from: folder, read: readRolloutReport, what: 'a rollout report' },
    { from: join(folder, '.alerts'), read: readResponse, what: 'a response to an alert' },
  ];
  for (const { from, read, what } of readers) {
    for await (const entry of readEntries(from, sinceMs)) {
      const report = 'content' in entry ? read(entry.content) : undefined;
      if (report !== undefined) yield report;
      else if ('problem' in entry) onDamaged?.(entry);
      else onDamaged?.({ entry: entry.file, problem: `it is JSON, but not ${what}` });
    }
  }
}

function readResponse(content: unknown): RunReport | undefined {
  return isAlertResponse(content) ? reportOfResponse(content) : undefined;
}

async function lastImport(marker: string): Promise<number> {
  try {
    return (await stat(marker)).mtimeMs;
  } catch {
    return 0;
  }
}

/** On a folder that cannot be written the import is simply done again: it changes nothing. */
async function mark(marker: string, atMs: number): Promise<void> {
  try {
    await writeFile(
      marker,
      'Imported into the database of the ledger; these files are not read any more.\n',
    );
    await utimes(marker, atMs / 1000, atMs / 1000);
  } catch {
    return;
  }
}

function hashOf(place: string): string {
  return createHash('sha256').update(place).digest('hex').slice(0, 12);
}
