import { join } from 'node:path';
import { writeDurably } from '../../../processes/durable-file.ts';
import { readKept } from '../../restic/copies.ts';

/** What a copy is made of: written before the first of it is made, so that all of it is found again. */
export interface RestoreRecord {
  copy: string;
  label: string;
  /** Of the Restore. */
  name: string;
  context?: string;
  /** From those of the set to those of the copy. */
  map: Readonly<Record<string, string>>;
}

export function writeRecord(folder: string, record: RestoreRecord): Promise<void> {
  return writeDurably(fileIn(folder), record);
}

export function readRecord(folder: string): Promise<RestoreRecord | undefined> {
  return readKept<RestoreRecord>(fileIn(folder));
}

function fileIn(folder: string): string {
  return join(folder, 'restore.json');
}
