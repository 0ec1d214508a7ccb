import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { withLock } from './lock.ts';

/** A product of these inputs and instructions; other inputs use another folder. */
export interface Product {
  cache: string;
  /** Its path in the cache, by its user: `one-node-cluster/etcd`. */
  name: string;
  /** The folder whose files determine the product. */
  inputs: string;
  instructions: unknown;
}

/** Whether it exists already, so that nobody has to wait for it. */
export async function isInCache(product: Product): Promise<boolean> {
  return exists(await placeOf(product));
}

/**
 * The folder in Belay's cache with the product. A missing product is made in a temporary folder and
 * appears in one step; if several processes want it at the same time, one makes it.
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
