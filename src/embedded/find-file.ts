import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The one file of that name below the folder. */
export async function findFile(folder: string, name: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const found = entries.find((entry) => entry.isFile() && entry.name === name);
  if (!found) throw new Error(`it contains no ${name}`);
  return join(found.parentPath, found.name);
}
