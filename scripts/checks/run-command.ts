import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

const repository = path.resolve(import.meta.dirname, '../..');

const lastOutputMs = 2_000;

interface CommandOptions {
  env?: Record<string, string> | undefined;
  /** Printed before every line of its output, for commands that run at the same time. */
  label?: string | undefined;
}

/** Runs a program of this checkout and shows its output; resolves to whether it exited with 0. */
export async function runCommand(
  [program, ...args]: readonly [string, ...string[]],
  { env = {}, label }: CommandOptions = {},
): Promise<boolean> {
  const binaries = path.join(repository, 'node_modules/.bin');
  const child = spawn(program, args, {
    cwd: repository,
    stdio: label === undefined ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env, PATH: `${binaries}${path.delimiter}${process.env['PATH']}` },
  });
  for (const output of [child.stdout, child.stderr]) if (output) printLines(output, label ?? '');
  const closed = once(child, 'close');
  const [code] = (await once(child, 'exit')) as [number | null];
  // Processes that it left running may keep its output open.
  await Promise.race([closed, sleep(lastOutputMs, undefined, { ref: false })]);
  return code === 0;
}

function printLines(output: Readable, label: string): void {
  createInterface({ input: output }).on('line', (line) => {
    process.stdout.write(`[${label}] ${line}\n`);
  });
}
