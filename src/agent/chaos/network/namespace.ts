import { spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync, readdirSync, statSync } from 'node:fs';

/** A network namespace for good: its path alone may lead to another one later. */
export interface NamespaceName {
  /** Absent: that of the agent. */
  path?: string;
  inode: number;
}

interface Answer {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** A network namespace that stays open, whatever becomes of its path. */
export interface Namespace {
  inode: number;
  /** The agent itself is in it. */
  isOwn: boolean;
  /** Runs a program in it, with this on its standard input. Rejects where it cannot be started. */
  run(argv: readonly string[], input?: string): Promise<Answer>;
  close(): void;
}

const own = '/proc/self/ns/net';
const variables = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
};
const withinMs = 10_000;

/** Opens the network namespace that the path leads to now. Throws if there is no such file. */
export function openNamespace(path: string = own): Namespace {
  const file = openSync(path, 'r');
  const { ino: inode } = fstatSync(file);
  const isOwn = inode === statSync(own).ino;
  return {
    ...{ inode, isOwn },
    run: (argv, input = '') => {
      const [program = '', ...args] = isOwn
        ? argv
        : ['nsenter', '--net=/proc/self/fd/3', '--', ...argv];
      return runProgram(program, args, { input, file });
    },
    close: () => closeSync(file),
  };
}

/** That very one, although its path may be gone or lead elsewhere; undefined where it is gone. */
export function findNamespace({ path, inode }: NamespaceName): Namespace | undefined {
  for (const candidate of [path ?? own, ...namespacesOfProcesses()]) {
    try {
      const found = openNamespace(candidate);
      if (found.inode === inode) return found;
      found.close();
    } catch {
      // Its process has ended meanwhile.
    }
  }
  return undefined;
}

function* namespacesOfProcesses(): Generator<string> {
  for (const entry of readdirSync('/proc')) {
    if (Number.isInteger(Number(entry))) yield `/proc/${entry}/ns/net`;
  }
}

function runProgram(
  program: string,
  args: readonly string[],
  { input, file }: { input: string; file: number },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      ...{ cwd: '/', env: variables, timeout: withinMs, killSignal: 'SIGKILL' },
      stdio: ['pipe', 'pipe', 'pipe', file],
    });
    const read = { stdout: '', stderr: '' };
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (read.stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (read.stderr += text));
    // It may end without having read everything.
    child.stdin?.on('error', () => undefined);
    child.once('error', (error) =>
      reject(new Error(`${program} cannot be started: ${error.message}`)),
    );
    child.once('close', (code, signal) => {
      if (code !== null) resolve({ exitCode: code, ...read });
      else reject(new Error(`${program} was ended by ${signal ?? 'a signal'}`));
    });
    child.stdin?.end(input);
  });
}
