import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { becomeUnprivileged } from './unprivileged.ts';

const readyWithinMs = 15_000;

interface ProgramOptions {
  /** As errors say it. */
  name: string;
  command: readonly string[];
  /** Of another network, such as `ip netns exec name`; absent: that of this process. */
  enter?: readonly string[];
  answers: () => Promise<unknown>;
  /** A file, for the error where it does not answer. */
  log?: string;
}

/** A server in the foreground, run by an account without rights, that may be killed and started again. */
export class UnprivilegedProgram {
  readonly #options: ProgramOptions;
  #process: ChildProcess | undefined;

  constructor(options: ProgramOptions) {
    this.#options = options;
  }

  /** Returns once it answers. */
  async up(): Promise<void> {
    const { name, command, enter = [], log } = this.#options;
    const [file = '', ...args] = [...enter, ...becomeUnprivileged([...command])];
    this.#process = spawn(file, args, { stdio: 'ignore', cwd: '/' });
    const endsAtMs = Date.now() + readyWithinMs;
    while (!(await this.#answers())) {
      if (Date.now() > endsAtMs) {
        const said = log === undefined ? '' : await readFile(log, 'utf8').catch(String);
        throw new Error(`${name} does not answer: ${said}`);
      }
      await sleep(50);
    }
  }

  /** Kills it. */
  async down(): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    if (running?.exitCode !== null) return;
    const ended = once(running, 'exit');
    running.kill('SIGKILL');
    await ended;
  }

  #answers(): Promise<boolean> {
    return this.#options.answers().then(
      () => true,
      () => false,
    );
  }
}
