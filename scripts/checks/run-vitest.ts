import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { JsonTestResults } from 'vitest/reporters';
import { runCommand } from './run-command.ts';
import { tallyResults, type Tally } from './tally.ts';

/** Runs vitest with these arguments and counts what it reported. */
export async function runVitest(args: string[], env: Record<string, string> = {}): Promise<Tally> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'belay-tests-'));
  const report = path.join(folder, 'results.json');
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const ok = await runCommand(['vitest', 'run', ...reporters, ...args], env);
    return tallyResults(await readResults(report), ok);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function readResults(report: string): Promise<JsonTestResults | undefined> {
  try {
    return JSON.parse(await readFile(report, 'utf8')) as JsonTestResults;
  } catch {
    return undefined;
  }
}
