import type { Stats } from 'node:fs';
import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import type { SetNode } from '../answers/read-nodes.ts';
import { isAllowed } from './judge-paths.ts';
import { compareNode, type FoundNode } from './compare-nodes.ts';

/** A set, and the folder in which its absolute paths begin. */
export interface Restored {
  nodes: readonly SetNode[];
  paths: readonly string[];
  root: string;
}

export interface SetComparison {
  /** Of the set, below its paths. */
  compared: number;
  files: number;
  differences: string[];
}

/** Everything that the set has below its paths, with what is there. */
export async function compareWithSet({ nodes, paths, root }: Restored): Promise<SetComparison> {
  const owners = process.getuid?.() === 0;
  const differences: string[] = [];
  const below = nodes.filter(({ path }) => isAllowed(path, paths));
  for (const node of below) {
    const found = await findNode(join(root, node.path));
    const difference = compareNode(node, found, { owners });
    if (difference !== undefined) differences.push(difference);
  }
  const files = below.filter(({ type }) => type === 'file').length;
  return { compared: below.length, files, differences };
}

/** What is there below the paths of the set, and not in the set. */
export async function findExtras({ nodes, paths, root }: Restored): Promise<string[]> {
  const known = new Set(nodes.map(({ path }) => path));
  const extras: string[] = [];
  const left = [...paths];
  for (let path = left.pop(); path !== undefined; path = left.pop()) {
    const found = await findNode(join(root, path));
    if (!found) continue;
    if (!known.has(path)) extras.push(path);
    else if (found.type === 'dir') {
      for await (const { name } of await opendir(join(root, path))) left.push(join(path, name));
    }
  }
  return extras.sort();
}

/** Where the set has a file or a folder and a link is in its place: restic would write through it. */
export async function findLinksInTheWay({ nodes, root }: Restored): Promise<string[]> {
  const links: string[] = [];
  for (const { path, type } of nodes) {
    if (type === 'symlink') continue;
    const found = await findNode(join(root, path));
    if (found?.type === 'symlink') links.push(path);
  }
  return links;
}

async function findNode(path: string): Promise<FoundNode | undefined> {
  const found = await lstat(path).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  });
  if (!found) return undefined;
  const { size, mode, uid, gid, mtime } = found;
  return { type: typeOf(found), size, mode: mode & 0o777, uid, gid, modifiedAtMs: mtime.getTime() };
}

function typeOf(found: Stats): string {
  if (found.isFile()) return 'file';
  if (found.isDirectory()) return 'dir';
  if (found.isSymbolicLink()) return 'symlink';
  if (found.isFIFO()) return 'fifo';
  if (found.isSocket()) return 'socket';
  return found.isBlockDevice() ? 'dev' : 'chardev';
}
