import { vi } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import type { LazyRunRegistry } from '../../src/cli/registry.ts';
import { runProgram } from '../../src/cli/run-program.ts';
import type { Ran } from './one-machine.ts';

/** Runs one command in this process, for kinds of runs that the product does not have. */
export async function belayInProcess(
  registry: LazyRunRegistry,
  args: readonly string[],
): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => out.push(String(text)) > 0),
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => err.push(String(text)) > 0),
  ];
  const before = process.exitCode;
  process.exitCode = 0;
  try {
    await runProgram(await createProgram(registry), args);
    return { exitCode: Number(process.exitCode), stdout: out.join(''), stderr: err.join('') };
  } finally {
    process.exitCode = before;
    for (const spy of spies) spy.mockRestore();
  }
}
