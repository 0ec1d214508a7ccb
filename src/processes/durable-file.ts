import { constants } from 'node:fs';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { randomUUID } from 'node:crypto';

/** Puts the content in place as a whole. Returns once it would survive a power cut, its name too. */
export async function writeDurably(path: string, content: unknown): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = join(folder, `.${basename(path)}.${randomUUID()}`);
  try {
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(`${JSON.stringify(content)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    // On a full disk, drafts would take what is left.
    await rm(draft, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

/** What `writeDurably` wrote; undefined where there is no such file. */
export async function readWritten<T>(path: string): Promise<T | undefined> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? undefined : (JSON.parse(text) as T);
}

/** Something else is where this process had written a file. */
export class ReplacedFile extends Error {
  override readonly name = 'ReplacedFile';

  constructor(path: string) {
    super(`${path} is not what was written there: somebody has replaced it`);
  }
}

/**
 * The same in a folder that belongs to another account: no link is followed, and only a file that
 * this process wrote itself is read. Throws ReplacedFile, which quotes nothing of it.
 */
export async function readOwnWritten<T>(path: string): Promise<T | undefined> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(path, flags).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new ReplacedFile(path);
  });
  if (file === undefined) return undefined;
  try {
    const found = await file.stat();
    const isOwn = found.uid === (process.geteuid?.() ?? found.uid) && found.nlink === 1;
    if (!found.isFile() || !isOwn) throw new ReplacedFile(path);
    return parseWritten(await file.readFile('utf8'), path) as T;
  } finally {
    await file.close();
  }
}

function parseWritten(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ReplacedFile(path);
  }
}

export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
