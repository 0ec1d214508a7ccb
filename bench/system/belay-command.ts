import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ownProgram, type OwnProgram } from '../../src/embedded/own-process.ts';

/** What is measured: the build, which users run, or the sources of this checkout. */
export type BelayOrigin = 'build' | 'sources';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);
/** A report over 90 days of 1,000 objectives has 40 MB as JSON. */
const mostOutput = 256 * 1024 * 1024;

/** Arguments that make node run one of Belay's own programs. */
export function programOf(origin: BelayOrigin, program: OwnProgram): string[] {
  if (origin === 'sources') return ownProgram(program);
  return [fileURLToPath(new URL(`../../dist/${program}.js`, import.meta.url))];
}

/** The belay command with its own settings; of the caller's settings it gets only the cache. */
export class BelayCommand {
  readonly env: NodeJS.ProcessEnv;
  private readonly program: string[];

  constructor(origin: BelayOrigin, settings: Record<string, string>) {
    this.program = programOf(origin, 'src/cli/main');
    const inherited = Object.entries(process.env).filter(
      ([name]) => name === 'BELAY_CACHE' || !/^(TEMPORAL|BELAY)_/.test(name),
    );
    this.env = { ...Object.fromEntries(inherited), ...settings };
  }

  /** Rejects with its output unless it exits with 0. */
  async run(args: string[]): Promise<void> {
    const options = { cwd: repository, env: this.env, maxBuffer: mostOutput };
    await run(process.execPath, [...this.program, ...args], options);
  }

  /** What it prints; rejects unless it exits with 0. */
  async output(args: string[]): Promise<string> {
    const options = { cwd: repository, env: this.env, maxBuffer: mostOutput };
    const { stdout } = await run(process.execPath, [...this.program, ...args], options);
    return stdout;
  }

  /**
   * How long it takes in a shell, as its users wait for it, and how much CPU, which other work on the
   * machine changes less. A benchmark is large, and would take a while to start a process itself.
   */
  async time(args: string[]): Promise<{ wallMs: number; cpuMs: number }> {
    const timed = 'export LC_ALL=C; TIMEFORMAT="%R %U %S"; time "$@" >/dev/null';
    const command = [process.execPath, ...this.program, ...args];
    const options = { cwd: repository, env: this.env };
    const { stderr } = await run('bash', ['-c', timed, 'bash', ...command], options);
    const times = stderr.trim().split('\n').at(-1)?.split(' ').map(Number) ?? [];
    const [wall = NaN, user = NaN, system = NaN] = times;
    return { wallMs: wall * 1000, cpuMs: (user + system) * 1000 };
  }

  /** Starts it and leaves it running. `enter` begins its command, such as what enters another network. */
  start(
    args: string[],
    { enter = [], settings = {} }: { enter?: readonly string[]; settings?: NodeJS.ProcessEnv } = {},
  ): ChildProcess {
    const command = [...enter, process.execPath, ...this.program, ...args];
    const [file = '', ...rest] = command;
    const env = { ...this.env, ...settings };
    return spawn(file, rest, { cwd: repository, env, stdio: 'ignore' });
  }
}
