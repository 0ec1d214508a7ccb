/** What HAProxy itself cannot keep: to where it was led last, and whether it is Belay that holds its clients. */
import { join } from 'node:path';
import type { RouteTarget } from '../../../contracts/recovery/routes.ts';
import { readWritten, writeDurably } from '../../../processes/durable-file.ts';

export interface Remembered {
  /** Absent: Belay has never led it. */
  led?: RouteTarget;
  /** Its server was put into maintenance by Belay, or is about to be. */
  isHeldByUs?: true;
}

export class RouterMemory {
  readonly #file: string;

  /** `folder`: of the router, in the agent's state. */
  constructor(folder: string) {
    this.#file = join(folder, 'led.json');
  }

  async read(): Promise<Remembered> {
    return (await readWritten<Remembered>(this.#file)) ?? {};
  }

  async hold(led?: RouteTarget): Promise<void> {
    const before = await this.read();
    await writeDurably(this.#file, { ...before, ...(led && { led }), isHeldByUs: true });
  }

  async release(): Promise<void> {
    const { isHeldByUs, ...kept } = await this.read();
    if (isHeldByUs) await writeDurably(this.#file, kept);
  }
}
