import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { asUnprivileged } from './unprivileged.ts';

const run = promisify(execFile);

export interface ToolEnd {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** Runs a program as the account that owns the files of a cluster; throws where it was not started or was killed. */
export async function runUnprivileged(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<ToolEnd> {
  const [file = '', ...rest] = asUnprivileged(argv);
  const options = { env, cwd: '/', maxBuffer: 64 * 1024 * 1024 };
  return run(file, rest, options).then(
    ({ stdout, stderr }) => ({ exitCode: 0, stdout, stderr }),
    (error: unknown) => {
      const { code, stdout = '', stderr = '' } = error as Partial<ToolEnd> & { code?: unknown };
      if (typeof code !== 'number') throw error;
      return { exitCode: code, stdout, stderr };
    },
  );
}
