import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tools } from '../../../contracts/backups/provider.ts';
import type { RunStep } from '../../../contracts/kernel/agent.ts';
import { readWritten, writeDurably } from '../../../processes/durable-file.ts';
import { SeparateWork } from '../../../processes/separate-work.ts';
import { removeStage, stageOf, type Stage } from './object-files.ts';

/** A call that is tried again comes within seconds: what nobody asks for so long was left. */
const idleMs = 5 * 60_000;
/** So long a restore that was finished is known as such. */
const rememberedMs = 24 * 3_600_000;
const sweptWithinMs = 10_000;

/** The objects that are on this host, Secrets among them, for as long as calls about them take. */
export class Stages {
  readonly #folder: string;
  readonly #tools: Pick<Tools, 'stop'>;
  readonly #openedAtMs = Date.now();
  readonly #calls = new Map<string, number>();
  readonly #endedAtMs = new Map<string, number>();
  /** One that takes long to end delays no other. */
  readonly #sweeping = new SeparateWork();

  constructor(folder: string, tools: Pick<Tools, 'stop'>) {
    this.#folder = folder;
    this.#tools = tools;
  }

  /** Its stage is kept while the call is under way, and for a while after that. */
  async during<T>(act: RunStep, work: (stage: Stage) => Promise<T>): Promise<T> {
    const stage = stageOf(this.#folder, act);
    const { folder } = stage;
    this.#calls.set(folder, (this.#calls.get(folder) ?? 0) + 1);
    try {
      const { runRef, step } = act;
      await writeDurably(actIn(folder), { runRef, step });
      return await work(stage);
    } finally {
      const left = (this.#calls.get(folder) ?? 1) - 1;
      if (left > 0) this.#calls.set(folder, left);
      else this.#calls.delete(folder);
      this.#endedAtMs.set(folder, Date.now());
    }
  }

  /** Removes the objects that no call needs any more, after what still reads or writes them was ended. */
  async sweep(nowMs: number): Promise<void> {
    const names = await readdir(this.#folder).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    });
    const failures: unknown[] = [];
    await Promise.all(
      names.map((name) =>
        this.#sweeping.run(name, () => this.#sweepOne(join(this.#folder, name), nowMs), {
          withinMs: sweptWithinMs,
          onError: (error) => failures.push(error),
        }),
      ),
    );
    if (failures.length > 0) throw new AggregateError(failures, `${this.#folder} is not empty yet`);
  }

  async #sweepOne(folder: string, nowMs: number): Promise<void> {
    const changedAtMs = await changeOf(folder);
    if (changedAtMs === undefined || this.#calls.has(folder)) return;
    const usedAtMs = Math.max(this.#endedAtMs.get(folder) ?? 0, changedAtMs);
    if (nowMs - Math.max(usedAtMs, this.#openedAtMs) < idleMs) return;
    const act = await readWritten<RunStep>(actIn(folder)).catch(() => undefined);
    if (act) await this.#tools.stop(act);
    if (this.#calls.has(folder)) return;
    for (const objects of ['objects', 'files']) {
      await rm(join(folder, objects), { recursive: true, force: true });
    }
    const { length } = (await readdir(folder)).filter((name) => name === 'applied.json');
    if (length > 0 && nowMs - usedAtMs < rememberedMs) return;
    await removeStage({ folder });
    this.#endedAtMs.delete(folder);
  }
}

async function changeOf(folder: string): Promise<number | undefined> {
  const found = await stat(folder).catch(() => undefined);
  return found?.isDirectory() === true ? found.mtimeMs : undefined;
}

function actIn(folder: string): string {
  return join(folder, 'act.json');
}
