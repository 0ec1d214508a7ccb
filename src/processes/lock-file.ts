import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod';
import { identifySelf, isAlive, type ProcessIdentity } from './identity.ts';

const holderShape = z.object({ pid: z.int(), startTime: z.string() });

/** Why a living process keeps others out, for a person. */
export type DescribeHolder = (holder: ProcessIdentity) => Error;

/**
 * One process at a time. The lock is a file that contains its holder's identity from the moment it
 * exists; the file of a dead holder is renamed. Throws what `inUse` makes of a living holder.
 */
export async function lockFile(
  path: string,
  inUse: DescribeHolder,
): Promise<{ release(): Promise<void> }> {
  await mkdir(dirname(path), { recursive: true });
  const own = `${path}.${randomUUID()}`;
  await writeFile(own, JSON.stringify(await identifySelf()));
  try {
    while (!(await take(own, path))) await setAsideDead(path, inUse);
  } finally {
    await rm(own, { force: true });
  }
  return { release: () => rm(path, { force: true }) };
}

async function take(own: string, path: string): Promise<boolean> {
  try {
    await link(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function setAsideDead(path: string, inUse: DescribeHolder): Promise<void> {
  await refuseIfAlive(path, inUse);
  const aside = `${path}.${randomUUID()}`;
  const moved = await rename(path, aside).then(
    () => true,
    () => false,
  );
  if (!moved) return;
  try {
    // Between the read and the rename another process may have replaced the dead lock with its own.
    await refuseIfAlive(aside, inUse);
  } catch (error) {
    await link(aside, path);
    throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

async function refuseIfAlive(file: string, inUse: DescribeHolder): Promise<void> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const holder = holderShape.safeParse(parsed(text));
  if (holder.success && (await isAlive(holder.data))) throw inUse(holder.data);
}

/** Whoever lives has written its whole identity: what cannot be read is left from before a power cut. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
