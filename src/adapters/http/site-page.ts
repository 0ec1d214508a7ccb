import { createHash } from 'node:crypto';
import { access, readdir, readFile } from 'node:fs/promises';
import { extname, join, relative } from 'node:path';
import type { Kept } from '../../contracts/kernel/caches.ts';
import type { Cache, CacheSettings } from '../caches/cache.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.atom': 'application/atom+xml; charset=utf-8',
};

/** Plain names alone: nothing leads out of the folder, and no hidden file is shown. */
const plainPath = /^(?:[a-z0-9][a-z0-9-]*\/)*[a-z0-9][a-z0-9.-]*$/;

/** Undefined where no page has such a name. */
export function typeOfPage(name: string): string | undefined {
  return plainPath.test(name) && !name.includes('..') ? types[extname(name)] : undefined;
}

/** A file of a site, if there is one of this name. */
export type SitePage =
  { isThere: true; content: Uint8Array<ArrayBuffer>; etag: string } | { isThere: false };

/** Rejects where the site is away: its folder is not there, or cannot be read. */
export type ReadPage = (name: string) => Promise<Kept<SitePage>>;

/**
 * Everybody asks for a few pages, and strangers for any name once: the least frequently used leave first. A
 * page that is written elsewhere is shown a second later, and the last one while its folder is away.
 */
export const pageCache: CacheSettings<SitePage> = {
  ...{ name: 'pages', policy: 'lfu', freshMs: 1_000, mayBeOld: true },
};

export function readPages(folder: string): ReadPage {
  return async (name) => ({ value: await readPage(folder, name), atMs: Date.now() });
}

/** The same, from a cache. */
export function keepPages(folder: string, cache: Cache<SitePage>): ReadPage {
  return (name) => cache.read({ about: name }, () => readPage(folder, name));
}

async function readPage(folder: string, name: string): Promise<SitePage> {
  try {
    const content = new Uint8Array(await readFile(join(folder, name)));
    const hash = createHash('sha256').update(content).digest('base64url');
    return { isThere: true, content, etag: `"${hash.slice(0, 22)}"` };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'EISDIR') throw error;
    // A volume that is not mounted leaves no folder, or an empty one.
    if (code === 'ENOENT') await access(join(folder, 'index.html'));
    return { isThere: false };
  }
}

/** Reads every page of a site once, so that each can be shown from now on, whatever becomes of the folder. */
export async function warmPages(folder: string, read: ReadPage): Promise<void> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const file of files) {
    const name = relative(folder, join(file.parentPath, file.name));
    if (file.isFile() && typeOfPage(name) !== undefined) await read(name).catch(() => undefined);
  }
}
