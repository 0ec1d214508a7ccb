import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

const repository = path.resolve(import.meta.dirname, '../..');

/** Runs a program of this checkout with its output shown; resolves to whether it exited with 0. */
export async function runCommand(
  [program, ...args]: readonly [string, ...string[]],
  env: Record<string, string> = {},
): Promise<boolean> {
  const binaries = path.join(repository, 'node_modules/.bin');
  const child = spawn(program, args, {
    cwd: repository,
    stdio: 'inherit',
    env: { ...process.env, ...env, PATH: `${binaries}${path.delimiter}${process.env['PATH']}` },
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code === 0;
}
