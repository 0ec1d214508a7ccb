import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { JsonTestResults } from 'vitest/reporters';
import { runCommand } from './run-command.ts';
import { summaryFileVariable, type TestSummary } from './summary-reporter.ts';
import { tallyResults, type Tally } from './tally.ts';

export interface TestRun extends TestSummary {
  tally: Tally;
}

/** Runs vitest with these arguments and counts the reported results. */
export async function runVitest(
  args: string[],
  { env, label }: { env?: Record<string, string> | undefined; label?: string } = {},
): Promise<TestRun> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'belay-tests-'));
  const report = path.join(folder, 'results.json');
  const summary = path.join(folder, 'summary.json');
  try {
    const reporters = ['default', 'json', path.join(import.meta.dirname, 'summary-reporter.ts')];
    const ok = await runCommand(
      [
        'vitest',
        'run',
        ...reporters.map((name) => `--reporter=${name}`),
        `--outputFile.json=${report}`,
        ...args,
      ],
      { env: { ...env, [summaryFileVariable]: summary }, label },
    );
    const tally = tallyResults(await readJson<JsonTestResults>(report), ok);
    return { ...noTests, ...(await readJson<TestSummary>(summary)), tally };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const noTests: TestSummary = { failed: [], retried: [], skipped: [], files: [] };

async function readJson<T>(file: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as T;
  } catch {
    return undefined;
  }
}
