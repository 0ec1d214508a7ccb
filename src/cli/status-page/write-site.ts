import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';

/** The names of the files that were written last, so that nothing of anybody else is ever removed. */
const listName = '.belay-status-page.json';

/**
 * Writes a site so that a web server never serves half of a file: each one takes the place of what was
 * there at once, and what has not changed is left alone. What an earlier call wrote and is not shown any
 * more is removed, and no other file. Returns how many were written.
 */
export async function writeSite(
  folder: string,
  files: ReadonlyMap<string, string>,
): Promise<number> {
  const before = await readList(folder);
  const now = [...files.keys()];
  // Before the files, so that none is forgotten where this dies among them.
  await writeList(folder, [...new Set([...before, ...now])]);
  let written = 0;
  for (const [name, content] of files) {
    const path = join(folder, name);
    if ((await readFile(path, 'utf8').catch(() => undefined)) === content) continue;
    await mkdir(dirname(path), { recursive: true });
    await writeFileAtomic(path, content, { mode: 0o644 });
    written += 1;
  }
  const past = before.filter((name) => !files.has(name));
  for (const name of past) await rm(join(folder, name), { force: true });
  if (past.length > 0) await writeList(folder, now);
  return written;
}

async function readList(folder: string): Promise<string[]> {
  const text = await readFile(join(folder, listName), 'utf8').catch(() => '[]');
  return JSON.parse(text) as string[];
}

async function writeList(folder: string, names: readonly string[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFileAtomic(join(folder, listName), `${JSON.stringify(names)}\n`, { mode: 0o644 });
}
