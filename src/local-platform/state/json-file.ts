import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import * as z from 'zod';

/** State on disk that cannot be read: continuing without it would leave orphaned processes. */
class DamagedState extends Error {
  override readonly name = 'DamagedState';
  constructor(path: string, problem: string) {
    super(
      `${path} is damaged (${problem}); restore it from a backup, or delete it to start without it`,
    );
  }
}

/** Returns when the content is on disk and survives a power failure. */
export async function writeJson(path: string, content: unknown): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFileAtomic(path, `${JSON.stringify(content, null, 2)}\n`);
}

/** Undefined if the file does not exist. Throws DamagedState. */
export async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const parsed = schema.safeParse(parseJson(path, text));
  if (!parsed.success) throw new DamagedState(path, z.prettifyError(parsed.error));
  return parsed.data;
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new DamagedState(path, error instanceof Error ? error.message : String(error));
  }
}
