import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { becomeUnprivileged } from '../archived-postgres/unprivileged.ts';

/** One program of the account of the servers, whose output is in a file. */
export class HostProcess {
  readonly #command: readonly string[];
  readonly #logFile: string;
  #running: ChildProcess | undefined;

  constructor(command: readonly string[], logFile: string) {
    this.#command = command;
    this.#logFile = logFile;
  }

  async start(): Promise<void> {
    const output = await open(this.#logFile, 'a');
    try {
      const [file = '', ...args] = becomeUnprivileged(this.#command);
      const stdio = ['ignore', output.fd, output.fd] as const;
      this.#running = spawn(file, args, { stdio: [...stdio], cwd: '/' });
      await once(this.#running, 'spawn');
    } finally {
      await output.close();
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#running?.kill(signal);
  }

  /** Without a chance to see to anything. */
  async end(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    if (running?.exitCode !== null || running.signalCode !== null) return;
    const ended = once(running, 'exit');
    running.kill('SIGKILL');
    await ended;
  }

  log(): Promise<string> {
    return readFile(this.#logFile, 'utf8').catch(() => 'no log');
  }
}
