import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { Damage } from './damaged-bytes.ts';

/** Undefined where there is none: nothing is damaged then. */
export function readJournal(path: string): Damage[] | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Damage[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** All of it is on disk under its name when this returns. */
export function writeJournal(path: string, damage: readonly Damage[]): void {
  const unfinished = unfinishedOf(path);
  const file = openSync(unfinished, 'w', 0o600);
  try {
    writeFileSync(file, JSON.stringify(damage));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(unfinished, path);
  syncFolder(dirname(path));
}

/** Also one that was being written. */
export function removeJournal(path: string): void {
  for (const each of [path, unfinishedOf(path)]) rmSync(each, { force: true });
}

function unfinishedOf(path: string): string {
  return `${path}.new`;
}

function syncFolder(folder: string): void {
  const file = openSync(folder, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
