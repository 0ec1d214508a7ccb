import { mkdir, readFile, readdir, rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import writeFileAtomic from 'write-file-atomic';

/** Beside what is ours: whoever keeps other files in the folder keeps them. */
const ownFolders = ['services', 'badges'];

/**
 * Writes a site so that a web server never serves half of a file: each one takes the place of what was
 * there at once, and what has not changed is left alone. Pages of services that are not shown any more are
 * removed. Returns how many were written.
 */
export async function writeSite(
  folder: string,
  files: ReadonlyMap<string, string>,
): Promise<number> {
  let written = 0;
  for (const [name, content] of files) {
    const path = join(folder, name);
    if ((await readFile(path, 'utf8').catch(() => undefined)) === content) continue;
    await mkdir(dirname(path), { recursive: true });
    await writeFileAtomic(path, content, { mode: 0o644 });
    written += 1;
  }
  for (const own of ownFolders) {
    for (const entry of await readdir(join(folder, own)).catch(() => [])) {
      const path = join(folder, own, entry);
      if (!files.has(relative(folder, path))) await rm(path, { force: true });
    }
  }
  return written;
}
