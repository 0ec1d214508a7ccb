import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Whether the PATH has a program of this name, or, for a path, whether that file exists. */
export async function isThere(program: string): Promise<boolean> {
  const folders = program.startsWith('/') ? [''] : (process.env['PATH'] ?? '').split(delimiter);
  for (const folder of folders) {
    const found = await access(join(folder, program)).then(
      () => true,
      () => false,
    );
    if (found) return true;
  }
  return false;
}
