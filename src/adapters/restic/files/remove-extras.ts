import { constants, type BigIntStats } from 'node:fs';
import { lstat, open, readdir, realpath, rmdir, unlink, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Restored } from './compare-with-set.ts';

/** What was there and not in the set when it was listed. */
export interface Extra {
  /** As the set would name it. */
  path: string;
  /** Where that is once links above the paths of the set are followed. */
  place: string;
  dev: bigint;
  ino: bigint;
  isFolder: boolean;
}

const folderFlags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** Everything below the paths of the set that the set does not have, what is in a folder before it. */
export async function listExtras({ nodes, paths, root }: Restored): Promise<Extra[]> {
  const known = new Set(nodes.map(({ path }) => path));
  const extras: Extra[] = [];
  for (const path of paths) {
    const place = await realpath(join(root, path)).catch(() => undefined);
    if (place === undefined || !(await lstat(place)).isDirectory()) continue;
    const folder = await openFolder(place);
    try {
      await listBelow({ folder, path, place, isExtra: false }, known, extras);
    } finally {
      await folder.close();
    }
  }
  return extras;
}

interface Listed {
  folder: FileHandle;
  path: string;
  place: string;
  isExtra: boolean;
}

async function listBelow(
  { folder, ...of }: Listed,
  known: ReadonlySet<string>,
  extras: Extra[],
): Promise<void> {
  const { dev } = await folder.stat({ bigint: true });
  for (const entry of await readdir(nameOf(folder), { withFileTypes: true })) {
    const path = join(of.path, entry.name);
    const place = join(of.place, entry.name);
    const isExtra = of.isExtra || !known.has(path);
    if (!entry.isDirectory()) {
      if (isExtra) {
        const found = await lstat(nameOf(folder, entry.name), { bigint: true });
        extras.push({ path, place, ...identityOf(found), isFolder: false });
      }
      continue;
    }
    const below = await open(nameOf(folder, entry.name), folderFlags);
    try {
      const found = await below.stat({ bigint: true });
      // What is mounted there is not of this folder.
      if (found.dev === dev)
        await listBelow({ folder: below, path, place, isExtra }, known, extras);
      if (isExtra) extras.push({ path, place, ...identityOf(found), isFolder: true });
    } finally {
      await below.close();
    }
  }
}

/**
 * Removes exactly what was listed: nothing that has taken its place, that was written into a folder
 * meanwhile, or that a link on the way leads to. The rest is kept.
 */
export async function removeExtras(
  extras: readonly Extra[],
): Promise<{ removed: Extra[]; kept: Extra[] }> {
  const removed: Extra[] = [];
  const kept: Extra[] = [];
  for (const extra of extras) {
    const isGone = await removeListed(extra).catch(() => false);
    (isGone ? removed : kept).push(extra);
  }
  return { removed, kept };
}

async function removeListed({ place, dev, ino, isFolder }: Extra): Promise<boolean> {
  const folder = await openFolder(dirname(place));
  try {
    const name = nameOf(folder, basename(place));
    const found = await lstat(name, { bigint: true });
    if (found.dev !== dev || found.ino !== ino) return false;
    await (isFolder ? rmdir(name) : unlink(name));
    return true;
  } finally {
    await folder.close();
  }
}

/** From the root on, without following a link: whatever is put in the way leads nowhere else. */
async function openFolder(path: string): Promise<FileHandle> {
  let opened = await open('/', folderFlags);
  for (const part of path.split('/').filter((one) => one !== '')) {
    const above = opened;
    opened = await open(nameOf(above, part), folderFlags).finally(() => above.close());
  }
  return opened;
}

/** Where the system looks for a name in an open folder, wherever that has been moved to. */
function nameOf({ fd }: FileHandle, name = ''): string {
  return name === '' ? `/proc/self/fd/${fd}` : `/proc/self/fd/${fd}/${name}`;
}

function identityOf({ dev, ino }: BigIntStats) {
  return { dev, ino };
}
