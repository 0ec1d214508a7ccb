import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { JsonTestResults } from 'vitest/reporters';
import { runCommand } from './run-command.ts';
import { tallyResults, type Tally } from './tally.ts';
import { troubleFileVariable } from './trouble-reporter.ts';

export interface TestRun {
  tally: Tally;
  /** What failed, or passed only when it was tried again: a line each. */
  trouble: string[];
}

/** Runs vitest with these arguments and counts what it reported. */
export async function runVitest(
  args: string[],
  env: Record<string, string> = {},
): Promise<TestRun> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'belay-tests-'));
  const report = path.join(folder, 'results.json');
  const trouble = path.join(folder, 'trouble.json');
  try {
    const reporters = ['default', 'json', path.join(import.meta.dirname, 'trouble-reporter.ts')];
    const ok = await runCommand(
      [
        'vitest',
        'run',
        ...reporters.map((name) => `--reporter=${name}`),
        `--outputFile.json=${report}`,
        ...args,
      ],
      { ...env, [troubleFileVariable]: trouble },
    );
    const tally = tallyResults(await readJson<JsonTestResults>(report), ok);
    return { tally, trouble: (await readJson<string[]>(trouble)) ?? [] };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function readJson<T>(file: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as T;
  } catch {
    return undefined;
  }
}
