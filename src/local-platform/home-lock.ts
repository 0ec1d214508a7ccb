import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { identifySelf, isAlive, type ProcessIdentity } from '../processes/identity.ts';

class HomeInUse extends Error {
  override readonly name = 'HomeInUse';
  constructor(path: string, { pid }: ProcessIdentity) {
    super(
      `process ${pid} already runs the local platform of this home (${path}); ` +
        'stop it first, or choose another BELAY_HOME',
    );
  }
}

const holderShape = z.object({ pid: z.int(), startTime: z.string() });

/**
 * One platform per home. The lock is a file that contains its holder's identity from the moment it
 * exists; the file of a dead holder is renamed. Throws HomeInUse.
 */
export async function lockHome(path: string): Promise<{ release(): Promise<void> }> {
  await mkdir(dirname(path), { recursive: true });
  const own = `${path}.${randomUUID()}`;
  await writeFile(own, JSON.stringify(await identifySelf()));
  try {
    while (!(await take(own, path))) await setAsideDead(path);
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

async function setAsideDead(path: string): Promise<void> {
  await refuseIfAlive(path, path);
  const aside = `${path}.${randomUUID()}`;
  const moved = await rename(path, aside).then(
    () => true,
    () => false,
  );
  if (!moved) return;
  try {
    // Between the read and the rename another process may have replaced the dead lock with its own.
    await refuseIfAlive(aside, path);
  } catch (error) {
    await link(aside, path);
    throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

async function refuseIfAlive(file: string, path: string): Promise<void> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  const holder = holderShape.safeParse(text === undefined ? undefined : JSON.parse(text));
  if (holder.success && (await isAlive(holder.data))) throw new HomeInUse(path, holder.data);
}
