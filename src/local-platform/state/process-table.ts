import * as z from 'zod';
import type { ProcessIdentity } from '../../processes/identity.ts';
import { SerialQueue } from '../serial-queue.ts';
import { readJson, writeJson } from './json-file.ts';

const entry = z.object({ pid: z.int(), startTime: z.string(), port: z.int() });
const entries = z.record(z.string(), entry);

/** A replica's process and its port. */
export type ProcessEntry = ProcessIdentity & { port: number };

/** The running processes of one service, on disk, so that none is forgotten. */
export class ProcessTable {
  readonly #path: string;
  readonly #entries: Map<string, ProcessEntry>;
  readonly #writes = new SerialQueue();

  private constructor(path: string, known: Record<string, ProcessEntry>) {
    this.#path = path;
    this.#entries = new Map(Object.entries(known));
  }

  static async open(path: string): Promise<ProcessTable> {
    return new ProcessTable(path, (await readJson(path, entries)) ?? {});
  }

  get(replica: string): ProcessEntry | undefined {
    return this.#entries.get(replica);
  }

  replicas(): string[] {
    return [...this.#entries.keys()];
  }

  async set(replica: string, process: ProcessEntry): Promise<void> {
    this.#entries.set(replica, process);
    await this.#save();
  }

  /** Only for a process that has exited. */
  async remove(replica: string): Promise<void> {
    if (this.#entries.delete(replica)) await this.#save();
  }

  #save(): Promise<void> {
    return this.#writes.run(() => writeJson(this.#path, Object.fromEntries(this.#entries)));
  }
}
