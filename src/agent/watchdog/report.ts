import { writeFile } from 'node:fs/promises';
import type { CommandProgress } from '../../contracts/kernel/agent.ts';
import { writeDurably } from '../../processes/durable-file.ts';
import type { ActFiles, ActOutcome, WatchdogState } from '../acts/act-files.ts';
import type { Output } from '../programs/run-program.ts';

const outputEveryMs = 500;

/** What a watchdog leaves on disk for the agent, and for the agent after it. */
export class WatchdogReport {
  readonly #files: ActFiles;
  #state: WatchdogState;
  #written = -1;
  #writes = Promise.resolve();

  constructor(files: ActFiles, phase: CommandProgress['phase']) {
    this.#files = files;
    this.#state = { phase, startedAtMs: Date.now(), stdoutBytes: 0, stderrBytes: 0 };
  }

  /** Returns once it would survive a power cut. */
  async update(change: Partial<WatchdogState>): Promise<void> {
    this.#state = { ...this.#state, ...change };
    this.#writes = this.#writes.then(() => writeDurably(this.#files.state, this.#state));
    await this.#writes;
  }

  async end(outcome: ActOutcome): Promise<void> {
    await writeDurably(this.#files.outcome, outcome);
  }

  /** Writes down what a program has written so far, until it is told to stop. */
  follow(output: Output): { stop(): Promise<void> } {
    let writing = Promise.resolve();
    const write = () => {
      writing = writing.then(() => this.#writeOutput(output));
    };
    const timer = setInterval(write, outputEveryMs);
    return {
      stop: async () => {
        clearInterval(timer);
        write();
        await writing;
      },
    };
  }

  async #writeOutput({ stdout, stderr }: Output): Promise<void> {
    const bytes = stdout.bytes + stderr.bytes;
    if (bytes === this.#written) return;
    this.#written = bytes;
    await writeFile(this.#files.stdout, stdout.text(), { mode: 0o600 });
    await writeFile(this.#files.stderr, stderr.text(), { mode: 0o600 });
    await this.update({ stdoutBytes: stdout.bytes, stderrBytes: stderr.bytes });
  }
}
