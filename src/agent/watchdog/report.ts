import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandProgress } from '../../contracts/kernel/agent.ts';
import { writeDurably } from '../../processes/durable-file.ts';
import type { ActFiles, ActOutcome, WatchdogState } from '../acts/act-files.ts';
import type { Output } from '../programs/run-program.ts';

const outputEveryMs = 500;
const longestPauseMs = 10_000;

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

  /** Returns once it would survive a power cut, and throws where it cannot be written. */
  async update(change: Partial<WatchdogState>): Promise<void> {
    this.#state = { ...this.#state, ...change };
    const written = this.#writes.then(() => writeDurably(this.#files.state, this.#state));
    this.#writes = written.catch(() => undefined);
    await written;
  }

  /**
   * The same for what may be missing: a full disk, which may be what a lease has caused, must not
   * keep it from being reverted. Returns whether it was written.
   */
  async show(change: Partial<WatchdogState>): Promise<boolean> {
    return this.update(change).then(
      () => true,
      () => false,
    );
  }

  /** Tries until it is written: nobody else knows how the act has ended. */
  async end(outcome: ActOutcome): Promise<void> {
    for (let failures = 1; !(await this.#isWritten(outcome)); failures += 1) {
      await sleep(Math.min(longestPauseMs, 100 * 2 ** Math.min(failures, 10)));
    }
  }

  #isWritten(outcome: ActOutcome): Promise<boolean> {
    return writeDurably(this.#files.outcome, outcome).then(
      () => true,
      () => false,
    );
  }

  /** Writes down what a program has written so far, until it is told to stop. */
  follow(output: Output): { stop(): Promise<void> } {
    let writing = Promise.resolve();
    const write = () => {
      writing = writing.then(() => this.#writeOutput(output)).catch(() => undefined);
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
    await writeFile(this.#files.stdout, stdout.text(), { mode: 0o600 });
    await writeFile(this.#files.stderr, stderr.text(), { mode: 0o600 });
    await this.update({ stdoutBytes: stdout.bytes, stderrBytes: stderr.bytes });
    this.#written = bytes;
  }
}
