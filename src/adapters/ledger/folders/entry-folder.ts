import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DamagedEntry } from '../ledger-entry.ts';

interface Entry {
  file: string;
  content: unknown;
}

/**
 * The files of a ledger as it was before it was a database: `<folder>/<environment>/<service>/*.json`.
 * Names that begin with a dot are no entries.
 */
export async function* readEntries(
  folder: string,
  changedSinceMs: number,
): AsyncGenerator<Entry | DamagedEntry> {
  for (const environment of await namesIn(folder)) {
    for (const service of await namesIn(join(folder, environment))) {
      for (const name of await namesIn(join(folder, environment, service))) {
        const file = join(folder, environment, service, name);
        if (!name.endsWith('.json') || (await stat(file)).mtimeMs < changedSinceMs) continue;
        yield await readEntry(file);
      }
    }
  }
}

async function readEntry(file: string): Promise<Entry | DamagedEntry> {
  try {
    return { file, content: JSON.parse(await readFile(file, 'utf8')) as unknown };
  } catch (error) {
    return { entry: file, problem: error instanceof Error ? error.message : String(error) };
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => !name.startsWith('.'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}
