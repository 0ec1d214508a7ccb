import { constants } from 'node:fs';
import { access, lstat, readdir, realpath } from 'node:fs/promises';
import { isAllowed, type PathFacts } from './judge-paths.ts';

/** A folder on the way may be a link that leads elsewhere: what counts is where a path ends. */
export async function lookAtPaths(
  paths: readonly string[],
  allowed: readonly string[],
): Promise<PathFacts[]> {
  const folders = await Promise.all(allowed.map((folder) => realpath(folder).catch(() => folder)));
  return Promise.all(paths.map((path) => lookAt(path, folders)));
}

async function lookAt(path: string, folders: readonly string[]): Promise<PathFacts> {
  try {
    const found = await lstat(path);
    const target = await realpath(path).catch(() => path);
    if (found.isSymbolicLink()) return { path, kind: 'link', target };
    if (!isAllowed(target, folders)) return { path, kind: 'outside', target };
    await access(path, constants.R_OK);
    if (found.isFile()) return { path, kind: 'file' };
    if (!found.isDirectory()) return { path, kind: 'other' };
    return { path, kind: (await readdir(path)).length === 0 ? 'empty' : 'folder' };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { path, kind: code === 'ENOENT' || code === 'ENOTDIR' ? 'missing' : 'unreadable' };
  }
}
