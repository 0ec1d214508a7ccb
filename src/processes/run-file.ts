import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import type { z } from 'zod';

/** Files by which processes of one BELAY_HOME find each other. They never hold a secret. */
export async function writeRunFile(path: string, content: object): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFileAtomic(path, `${JSON.stringify(content, null, 2)}\n`);
}

/** The content of the file, or undefined if it is missing or cannot be read. */
export async function readRunFile<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

export async function removeRunFile(path: string): Promise<void> {
  await rm(path, { force: true });
}
