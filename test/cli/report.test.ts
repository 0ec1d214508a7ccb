import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { kinds } from '../../src/kinds/registry.ts';
import { createReportCommand } from '../../src/cli/commands/report.ts';
import { ledgerAt } from '../fixtures/ledger-at.ts';
import { closedReport } from './rollout-examples.ts';

const nobodyListens = '127.0.0.1:1';
let home: string;
let printed: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'belay-report-'));
  vi.stubEnv('BELAY_HOME', home);
  vi.stubEnv('TEMPORAL_ADDRESS', nobodyListens);
  printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  const ledger = ledgerAt(home);
  await ledger.append(closedReport());
  await ledger.close();
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await rm(home, { recursive: true, force: true });
});

const { runRef } = closedReport();
/** Under a name that leaves nothing to look up. */
const report = (...args: string[]) => reportOf('rollout/demo/shop', ...args);
const reportOf = (name: string, ...args: string[]) =>
  createReportCommand(kinds).parseAsync([name, '--rollout', runRef, ...args], { from: 'user' });

it('a rollout of the ledger is reported while Temporal is away', async () => {
  await reportOf('demo/shop');
  expect(printed).toContain('# demo/shop v3: RolledBack');
});

it('a report is written as HTML over what was there, and its path is printed', async () => {
  const file = join(home, 'report.html');
  await writeFile(file, 'yesterday');
  await report('--html', file);
  expect(printed).toBe(`${file}\n`);
  expect(await readFile(file, 'utf8')).toMatch(/^<!doctype html>.*RolledBack.*<\/html>\n$/s);
});

it('a report goes to standard output alone where that is asked for', async () => {
  await report('--html', '-');
  expect(printed).toMatch(/^<!doctype html>.*<\/html>\n$/s);
});

it('a report is printed as JSON just as the ledger keeps it', async () => {
  await report('--json');
  expect(JSON.parse(printed)).toEqual(closedReport());
});

it('a report that cannot be written says why', async () => {
  await expect(report('--html', join(home, 'nowhere', 'report.html'))).rejects.toThrow(
    /^The report cannot be written: ENOENT/,
  );
});
