import { execFile } from 'node:child_process';
import { SetupFailed } from './failure.ts';

interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Written to its standard input. */
  input?: string;
  limitMs?: number;
}

const usualLimitMs = 60_000;
const toldLines = 12;

/** Runs a program that exits by itself and returns its output. Throws SetupFailed with the end of its output. */
export function runCommand(
  command: readonly [string, ...string[]],
  { cwd, env = process.env, input, limitMs = usualLimitMs }: RunOptions = {},
): Promise<string> {
  const [file, ...args] = command;
  return new Promise((resolve, reject) => {
    const child = execFile(
      file,
      args,
      {
        env,
        timeout: limitMs,
        killSignal: 'SIGKILL',
        maxBuffer: 64 * 1024 * 1024,
        ...(cwd && { cwd }),
      },
      (error, stdout, stderr) => {
        if (error) reject(new SetupFailed(explain(command, error, stderr), { cause: error }));
        else resolve(stdout);
      },
    );
    // A program that exits before it has read its input gives the reason on stderr.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

function explain(command: readonly string[], error: Error, stderr: string): string {
  const said = stderr.trim().split('\n').slice(-toldLines);
  const why = stderr.trim() === '' ? [error.message.split('\n')[0] ?? ''] : said;
  return [`\`${command.join(' ')}\` failed:`, ...why].join('\n  ');
}
