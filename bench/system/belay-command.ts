import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ownProgram } from '../../src/embedded/own-process.ts';

/** What is measured: the build, which is what users run, or the sources of this checkout. */
export type BelayOrigin = 'build' | 'sources';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const builtCommand = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
const run = promisify(execFile);

/** The belay command with settings of its own: none of the caller's reach it, but for the cache. */
export class BelayCommand {
  readonly env: NodeJS.ProcessEnv;
  private readonly program: string[];

  constructor(origin: BelayOrigin, settings: Record<string, string>) {
    this.program = origin === 'build' ? [builtCommand] : ownProgram('src/cli/main');
    const inherited = Object.entries(process.env).filter(
      ([name]) => name === 'BELAY_CACHE' || !/^(TEMPORAL|BELAY)_/.test(name),
    );
    this.env = { ...Object.fromEntries(inherited), ...settings };
  }

  /** Rejects with what it wrote unless it exits with 0. */
  async run(args: string[]): Promise<void> {
    await run(process.execPath, [...this.program, ...args], { cwd: repository, env: this.env });
  }

  /** Leaves it running. */
  start(args: string[]): ChildProcess {
    return spawn(process.execPath, [...this.program, ...args], {
      cwd: repository,
      env: this.env,
      stdio: 'ignore',
    });
  }
}
