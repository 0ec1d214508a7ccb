import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkLedger } from '../../../src/cli/doctor/check-ledger.ts';
import { ledgerAt } from '../../fixtures/ledger-at.ts';
import { rolloutReport } from '../../fixtures/rollout-report.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'belay-doctor-'));
});
afterEach(() => rm(home, { recursive: true }));

const check = (url?: string) =>
  checkLedger({ home, ledger: { keepMs: Infinity, ...(url !== undefined && { url }) } });

it('a ledger that is not there yet is fine, and is not made', async () => {
  expect(await check()).toMatchObject([{ check: 'Ledger', state: 'ok' }]);
  expect(await readdir(home)).toEqual([]);
});

it('a ledger that answers is fine', async () => {
  const ledger = ledgerAt(home);
  await ledger.append(rolloutReport());
  await ledger.close();
  expect(await check()).toEqual([
    { check: 'Ledger', state: 'ok', detail: join(home, 'ledger/ledger.db') },
  ]);
});

it('a file that is no ledger fails', async () => {
  await mkdir(join(home, 'ledger'));
  await writeFile(join(home, 'ledger/ledger.db'), 'no database'.repeat(1000));
  expect(await check()).toMatchObject([
    { state: 'fail', detail: expect.stringContaining('file is not a database') as string },
  ]);
});

it('a PostgreSQL that does not answer fails, and its password is not shown', async () => {
  const findings = await check('postgres://belay:s3cret@127.0.0.1:1/ledger');
  expect(findings).toMatchObject([
    {
      state: 'fail',
      detail: expect.stringMatching(
        /^The ledger in postgres:\/\/belay@127.0.0.1:1\/ledger cannot be used \(connect ECONNREFUSED/,
      ) as string,
    },
  ]);
  expect(JSON.stringify(findings)).not.toContain('s3cret');
});
