import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readWritten, writeDurably } from '../../../processes/durable-file.ts';

/** Which databases of a PgBouncer Belay has paused: what somebody else has paused stays so. */
export class HeldDatabases {
  readonly #file: string;

  /** `folder`: of the router, in the agent's state. */
  constructor(folder: string) {
    this.#file = join(folder, 'held.json');
  }

  async read(): Promise<readonly string[]> {
    const written = await readWritten<{ databases: readonly string[] }>(this.#file);
    return written?.databases ?? [];
  }

  /** Before they are paused: whoever comes after an agent that died right after it has to know. */
  async add(names: readonly string[]): Promise<void> {
    const databases = [...new Set([...(await this.read()), ...names])];
    await writeDurably(this.#file, { databases });
  }

  async forget(): Promise<void> {
    await rm(this.#file, { force: true });
  }
}
