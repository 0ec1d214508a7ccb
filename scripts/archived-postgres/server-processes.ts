import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { eventually } from '../programs/eventually.ts';
import type { ToolEnd } from './run-unprivileged.ts';
import { asUnprivileged } from './unprivileged.ts';

interface Options {
  /** Folder of the programs of PostgreSQL. */
  programs: string;
  /** Where servers leave their logs. */
  logFolder: string;
  environment: NodeJS.ProcessEnv;
  /** Runs a program as the account of the servers. */
  run(program: string, ...args: string[]): Promise<ToolEnd>;
}

/** Servers of PostgreSQL that this process has started, by their data folders. */
export class ServerProcesses {
  readonly #options: Options;
  readonly #servers = new Map<string, ChildProcess>();

  constructor(options: Options) {
    this.#options = options;
  }

  /** Returns once it takes connections. */
  async start(dataFolder: string): Promise<void> {
    const { programs, logFolder, environment } = this.#options;
    // One that was killed leaves its own behind, which says that it is ready.
    const left = await this.#pidFile(dataFolder);
    const [file = '', ...args] = asUnprivileged([join(programs, 'postgres'), '-D', dataFolder]);
    const child = spawn(file, [...args, '-c', `log_directory=${logFolder}`], {
      ...{ cwd: '/', env: environment },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-8_192)));
    this.#servers.set(dataFolder, child);
    const ended = once(child, 'exit').then(() => {
      throw new Error(`PostgreSQL in ${dataFolder} ended: ${said}`);
    });
    const up = eventually(async () => {
      const now = await this.#pidFile(dataFolder);
      if (now === left || !now.includes('ready')) throw new Error(`not up yet: ${said}`);
    });
    for (const outcome of [ended, up]) outcome.catch(() => undefined);
    await Promise.race([up, ended]);
  }

  async #pidFile(dataFolder: string): Promise<string> {
    const { stdout } = await this.#options.run('/bin/cat', join(dataFolder, 'postmaster.pid'));
    return stdout;
  }

  /** Returns once it has ended; at once where it was not started here. */
  async end(dataFolder: string, signal: NodeJS.Signals): Promise<void> {
    const server = this.#servers.get(dataFolder);
    this.#servers.delete(dataFolder);
    if (server?.exitCode !== null || server.signalCode !== null) return;
    server.kill(signal);
    await once(server, 'exit');
  }

  async endAll(signal: NodeJS.Signals): Promise<void> {
    await Promise.all([...this.#servers.keys()].map((folder) => this.end(folder, signal)));
  }
}
