import { join } from 'node:path';
import { AgentError } from '../../contracts/kernel/agent-host.ts';
import { readOwnWritten, ReplacedFile, writeDurably } from '../../processes/durable-file.ts';

/** What a copy is of: kept in its folder, for whoever asks it later. */
export interface CopyRecord {
  repository: string;
  label: string;
  paths: readonly string[];
  /** Where the absolute paths of the set begin. */
  root: string;
}

/** restic creates it: it belongs to the account of the tool. */
export function rootIn(folder: string): string {
  return join(folder, 'files');
}

export async function recordCopy(folder: string, record: CopyRecord): Promise<void> {
  await writeDurably(fileIn(folder), record);
}

/** Throws AgentError where nothing was restored there. */
export async function readCopy(folder: string): Promise<CopyRecord> {
  const record = await readKept<CopyRecord>(fileIn(folder));
  if (record) return record;
  throw new AgentError('refused', `there is no restored copy in ${folder}`);
}

/** What was written into the folder of a copy. Throws AgentError where something else is in its place. */
export async function readKept<T>(path: string): Promise<T | undefined> {
  return readOwnWritten<T>(path).catch((error: unknown) => {
    if (!(error instanceof ReplacedFile)) throw error;
    throw new AgentError('refused', error.message, { cause: error });
  });
}

function fileIn(folder: string): string {
  return join(folder, 'set.json');
}
