import { join } from 'node:path';
import { writeDurably } from '../../../processes/durable-file.ts';
import type { ApiResource } from '../../kubernetes-api/dynamic/api-resource.ts';
import { readKept } from '../../restic/copies.ts';
import type { Fingerprint } from './compare-objects.ts';

export interface AppliedObject {
  resource: ApiResource;
  namespace?: string;
  name: string;
  applied: Fingerprint;
}

/** What a restore applies: written before its first write, so that whatever it made is found again. */
export interface CopyRecord {
  copy: string;
  label: string;
  context?: string;
  namespaces: readonly string[];
  objects: readonly AppliedObject[];
  bytes: number;
  startedAtMs: number;
  /** Once all of it was applied and read back. */
  done?: { endedAtMs: number; remarks: readonly string[] };
}

export function writeRecord(folder: string, record: CopyRecord): Promise<void> {
  return writeDurably(fileIn(folder), record);
}

export function readRecord(folder: string): Promise<CopyRecord | undefined> {
  return readKept<CopyRecord>(fileIn(folder));
}

function fileIn(folder: string): string {
  return join(folder, 'applied.json');
}
