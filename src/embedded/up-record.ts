import { link, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod';
import { homeLayout } from '../config/home.ts';
import { identifySelf, isAlive, type ProcessIdentity } from '../processes/identity.ts';
import { readRunFile, removeRunFile, writeRunFile } from '../processes/run-file.ts';

/** The children of a `belay up`. */
export type PartName = z.infer<typeof partName>;
const partName = z.enum(['gateway', 'agent', 'worker', 'local platform', 'Temporal server']);

const identity = z.object({ pid: z.number(), startTime: z.string() });
const record = z.object({
  ...identity.shape,
  ready: z.boolean(),
  temporal: z.object({ address: z.string(), uiUrl: z.string().optional() }).optional(),
  platformUrl: z.string().optional(),
  gateway: z.object({ url: z.string(), tokenFile: z.string().optional() }).optional(),
  children: z.partialRecord(partName, identity),
});

/** The processes that the `belay up` of one home runs, on disk, so that they are known after it was killed. */
export type UpRecord = z.infer<typeof record>;

/** Another `belay up` uses this home. */
export class AlreadyUp extends Error {
  override readonly name = 'AlreadyUp';
  readonly running: UpRecord;
  constructor(running: UpRecord, home: string) {
    super(
      `\`belay up\` already runs for ${home}, as process ${running.pid}. ` +
        'Stop it with `belay down`, or set BELAY_HOME to use another folder.',
    );
    this.running = running;
  }
}

export async function readUpRecord(home: string): Promise<UpRecord | undefined> {
  return readRunFile(homeLayout(home).upRun, record);
}

/** The record of this process, which owns the home until it removes the record. */
export class OwnUpRecord {
  #content: UpRecord;
  readonly #path: string;
  #writes: Promise<void> = Promise.resolve();

  private constructor(path: string, content: UpRecord) {
    this.#path = path;
    this.#content = content;
  }

  /**
   * Takes over the home, or throws AlreadyUp if a living process owns it. The children of a dead one
   * stay on record until they are replaced.
   */
  static async claim(home: string): Promise<OwnUpRecord> {
    const path = homeLayout(home).upRun;
    const content: UpRecord = { ...(await identifySelf()), ready: false, children: {} };
    const draft = `${path}.${content.pid}`;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(draft, JSON.stringify(content));
    try {
      let children: UpRecord['children'] = {};
      while (!(await linked(draft, path))) {
        children = (await moveDeadRecord(path, home))?.children ?? children;
      }
      const own = new OwnUpRecord(path, content);
      await own.update({ children });
      return own;
    } finally {
      await rm(draft, { force: true });
    }
  }

  async update(change: Partial<Omit<UpRecord, keyof ProcessIdentity>>): Promise<void> {
    const children = { ...this.#content.children, ...change.children };
    this.#content = { ...this.#content, ...change, children };
    this.#writes = this.#writes.then(() => writeRunFile(this.#path, this.#content));
    await this.#writes;
  }

  async remove(): Promise<void> {
    await this.#writes;
    await removeRunFile(this.#path);
  }
}

/** Creating a link is atomic and never replaces an existing file. */
async function linked(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function moveDeadRecord(path: string, home: string): Promise<UpRecord | undefined> {
  const present = await readRunFile(path, record);
  if (present && (await isAlive(present))) throw new AlreadyUp(present, home);
  const aside = `${path}.dead.${process.pid}`;
  await rename(path, aside).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  });
  const moved = await readRunFile(aside, record);
  // Another process may have taken over the home between the read and the rename.
  if (moved && (await isAlive(moved))) await linked(aside, path);
  await rm(aside, { force: true });
  return moved;
}
