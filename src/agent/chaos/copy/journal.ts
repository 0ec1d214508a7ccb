import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from '../../../processes/durable-file.ts';
import type { Damage } from './damaged-bytes.ts';

/** What a fault has damaged, in a file of the copy itself. */
export interface Journal {
  /** How many bytes it was to damage. */
  damaged: number;
  /** Those that were not put right yet. */
  left: readonly Damage[];
}

/** Undefined where there is no journal. A journal that a person has emptied lists no damage. */
export async function readJournal(path: string): Promise<Journal | undefined> {
  try {
    const text = await readFile(path, 'utf8');
    return text === '' ? { damaged: 0, left: [] } : (JSON.parse(text) as Journal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** All of it is on disk under its name when this returns. */
export async function writeJournal(path: string, journal: Journal): Promise<void> {
  const unfinished = unfinishedOf(path);
  const file = await open(unfinished, 'w', 0o600);
  try {
    await file.writeFile(JSON.stringify(journal));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(unfinished, path);
  await syncFolder(dirname(path));
}

/** Also one that was being written. */
export async function removeJournal(path: string): Promise<void> {
  for (const each of [path, unfinishedOf(path)]) await rm(each, { force: true });
  await syncFolder(dirname(path));
}

function unfinishedOf(path: string): string {
  return `${path}.new`;
}
