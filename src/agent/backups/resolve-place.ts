import { realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

/**
 * Where a path leads once all symbolic links are followed. What is not there yet is where it would
 * be made.
 */
export async function resolvePlace(path: string): Promise<string> {
  const plain = resolve(path);
  try {
    return await realpath(plain);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || plain === '/') throw error;
    return join(await resolvePlace(dirname(plain)), basename(plain));
  }
}
