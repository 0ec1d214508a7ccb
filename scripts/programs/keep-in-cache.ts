import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { withLock } from './lock.ts';

/** What was made from these inputs, by these instructions; another input is another folder. */
export interface Product {
  cache: string;
  /** Where it is in the cache, by whom it serves: `one-node-cluster/etcd`. */
  name: string;
  /** The folder whose files decide what is made. */
  inputs: string;
  instructions: unknown;
}

/** Whether it has been made already, so that nobody waits for it. */
export async function isInCache(product: Product): Promise<boolean> {
  return exists(await placeOf(product));
}

/**
 * The folder in Belay's cache with the product in it. What is not there yet is made in a folder of
 * its own and appears in one step; of several who want it at once, one makes it.
 */
export async function keepInCache(
  product: Product,
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const kept = await placeOf(product);
  const parent = dirname(kept);
  if (await exists(kept)) return kept;
  return withLock(join(parent, `.${basename(product.name)}.lock`), async () => {
    if (await exists(kept)) return kept;
    await mkdir(parent, { recursive: true });
    const folder = await mkdtemp(join(parent, '.making-'));
    try {
      await make(folder);
      await rename(folder, kept);
      return kept;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}

async function placeOf(product: Product): Promise<string> {
  return join(product.cache, `${product.name}-${await digest(product)}`);
}

async function digest({ inputs, instructions }: Product): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(instructions));
  const entries = await readdir(inputs, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.sort()) {
    hash
      .update(file.slice(dirname(inputs).length))
      .update('\0')
      .update(await readFile(file));
  }
  return hash.digest('hex').slice(0, 16);
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
