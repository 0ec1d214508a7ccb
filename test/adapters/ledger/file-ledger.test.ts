import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DamagedEntry } from '../../../src/adapters/ledger/entry-folder.ts';
import { createFileLedger } from '../../../src/adapters/ledger/file-ledger.ts';
import { LedgerError } from '../../../src/adapters/ledger/ledger-error.ts';
import { rolloutReport as report } from '../../fixtures/rollout-report.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'belay-ledger-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the ledger on disk', () => {
  it('is empty before the first rollout', async () => {
    expect(await createFileLedger({ folder: join(folder, 'none') }).list()).toEqual([]);
  });

  it('keeps a report under its environment, service, start and rollout ID', async () => {
    await createFileLedger({ folder }).append(report());
    const text = await readFile(join(folder, 'demo', 'shop', '1000-r-1.json'), 'utf8');
    expect(JSON.parse(text)).toEqual(report());
  });

  it('lists the newest first, by service, by environment and up to a limit', async () => {
    const ledger = createFileLedger({ folder });
    await ledger.append(report({ runRef: 'old', startedAtMs: 999 }));
    await ledger.append(report({ runRef: 'new', startedAtMs: 10_000 }));
    await ledger.append(report({ runRef: 'cart', service: 'cart', startedAtMs: 5000 }));
    await ledger.append(report({ runRef: 'prod', environment: 'prod', startedAtMs: 6000 }));
    const ids = async (...filter: Parameters<typeof ledger.list>) =>
      (await ledger.list(...filter)).map(({ runRef }) => runRef);

    expect(await ids()).toEqual(['new', 'prod', 'cart', 'old']);
    expect(await ids({ name: 'shop' })).toEqual(['new', 'prod', 'old']);
    expect(await ids({ name: 'shop', environment: 'demo' })).toEqual(['new', 'old']);
    expect(await ids({ limit: 1 })).toEqual(['new']);
    expect(await ids({ each: 1 })).toEqual(['new', 'prod', 'cart']);
  });

  it('holds one entry for a report that is appended twice', async () => {
    const ledger = createFileLedger({ folder });
    await ledger.append(report());
    await ledger.append(report());
    expect(await ledger.list()).toEqual([report()]);
  });

  it('replaces the report of a rollout that was reset and started again later', async () => {
    const ledger = createFileLedger({ folder });
    await ledger.append(report());
    await ledger.append(report({ outcome: 'Aborted', startedAtMs: 1500 }));
    expect((await ledger.list()).map(({ outcome }) => outcome)).toEqual(['Aborted']);
  });

  it('keeps rollouts apart whose IDs end alike', async () => {
    const ledger = createFileLedger({ folder });
    await ledger.append(report({ runRef: 'x-7-r' }));
    await ledger.append(report({ runRef: 'r' }));
    expect(await ledger.list()).toHaveLength(2);
  });

  it('names a damaged entry and goes on with the others', async () => {
    const damaged: DamagedEntry[] = [];
    const ledger = createFileLedger({ folder, onDamaged: (damage) => damaged.push(damage) });
    await ledger.append(report());
    await writeFile(join(folder, 'demo', 'shop', '2000-torn.json'), '{"rolloutId": "to');
    await writeFile(join(folder, 'demo', 'shop', '3000-other.json'), '{"hello": "there"}');

    expect(await ledger.list()).toEqual([report()]);
    expect(damaged.map(({ file }) => file)).toEqual([
      join(folder, 'demo', 'shop', '3000-other.json'),
      join(folder, 'demo', 'shop', '2000-torn.json'),
    ]);
    expect(damaged[0]?.problem).toBe('it is JSON, but not a rollout report');
  });

  it('never writes outside its folder', async () => {
    const inner = join(folder, 'ledger');
    await createFileLedger({ folder: inner }).append(
      report({ environment: '..', service: '../..', runRef: '../../escaped' }),
    );
    expect(await readdir(folder)).toEqual(['ledger']);
    expect(await createFileLedger({ folder: inner }).list({ environment: '..' })).toHaveLength(1);
  });

  it('says which report could not be written where', async () => {
    await mkdir(join(folder, 'demo'));
    await writeFile(join(folder, 'demo', 'shop'), 'a file in the way');
    const append = createFileLedger({ folder }).append(report());
    await expect(append).rejects.toThrow(LedgerError);
    await expect(append).rejects.toThrow(/Cannot write the report of r-1 to .*demo\/shop: EEXIST/);
  });
});
