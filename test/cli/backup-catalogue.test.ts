import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createCatalogueActivities } from '../../activities/backups/catalogue.ts';
import type { LedgerDatabase } from '../../src/adapters/ledger/open-ledger.ts';
import { everyRun } from '../../src/cli/registry.ts';
import type { BackupSet } from '../../src/contracts/backups/backup-set.ts';
import type { CatalogueFact } from '../../src/contracts/backups/catalogue.ts';
import { ledgerAt } from '../fixtures/ledger-at.ts';
import {
  component,
  contentsOf,
  dayMs,
  hourMs,
  plan,
  rangeOf,
  setAt,
} from '../policies/backups/backup-sets.ts';
import { belayInProcess } from './belay-in-process.ts';

const nowMs = Date.parse('2026-11-29T12:00Z');
const runRef = 'backup/prod/shop@1';

let home: string;
let ledger: LedgerDatabase;

beforeEach(async () => {
  vi.useFakeTimers({ now: nowMs, toFake: ['Date'] });
  home = await mkdtemp(join(tmpdir(), 'belay-backups-'));
  ledger = ledgerAt(home);
  vi.stubEnv('BELAY_HOME', home);
  vi.stubEnv('TZ', 'UTC');
  vi.stubEnv('NO_COLOR', '1');
});

afterEach(async () => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  await ledger.close();
  await rm(home, { recursive: true });
});

const belay = (...args: string[]) => belayInProcess(everyRun, ['backup', ...args]);

const full = setAt('2026-11-20T02:00Z', {
  ...{ label: '20261120-020000F', segments: [10, 10], bytes: 12_300_000, identity: '7301' },
});
const incremental = setAt('2026-11-28T02:00Z', {
  ...{ label: '20261120-020000F_20261128-020000I', type: 'incremental', segments: [40, 40] },
  needs: [full.label],
});
const damagedSet = setAt('2026-11-29T02:00Z', { label: '20261129-020000F', segments: [50, 50] });
const planFile = `
kind: backup
environment: prod
backup: shop
agent: db-1
components:
  database: { postgres: { cluster: main }, repositories: [main, offsite] }
retention: { age: 7d }
`;

/** A week of sets, as two runs and a drill have left it. */
async function givenSets(): Promise<void> {
  const activities = createCatalogueActivities(ledger.catalogue);
  const wal = [
    rangeOf([1, 45], ['2026-11-19T00:00Z', '2026-11-28T20:00Z']),
    rangeOf([48, 55], ['2026-11-28T23:00Z', '2026-11-29T11:55Z']),
  ];
  const sets = [full, incremental, damagedSet];
  const readAtMs = nowMs - hourMs;
  await activities.compareCatalogue(plan, component, contentsOf(sets, { readAtMs, wal }), runRef);
  const offsite = contentsOf([], { readAtMs, wal, repository: 'offsite' });
  await activities.compareCatalogue(plan, component, offsite, runRef);
  const about = ({ label }: BackupSet) => ({ ...plan, component, repository: 'main', label });
  const seen = (atMs: number) => ({ atMs, runRef });
  const facts: CatalogueFact[] = [
    {
      ...{ ...about(full), kind: 'proven' },
      proven: { ...seen(nowMs - 2 * dayMs), tookMs: 252_000, lostMs: 1_000, bytes: 12_300_000 },
    },
    {
      ...{ ...about(full), kind: 'verified' },
      verified: { ...seen(nowMs - 9 * dayMs), extent: { kind: 'all' } },
    },
    {
      ...{ ...about(incremental), kind: 'replicated' },
      replicated: { ...seen(nowMs), repository: 'offsite', label: 'copy', equal: 'same checksums' },
    },
    {
      ...{ ...about(damagedSet), kind: 'damaged' },
      damaged: { ...seen(nowMs), damage: [{ where: 'base/1/1259', what: 'checksum differs' }] },
    },
  ];
  await activities.recordFacts(facts);
  await writeFile(join(home, 'plan.yaml'), planFile);
}

describe('belay backup list', () => {
  it('says what to do where there is nothing', async () => {
    expect(await belay('list')).toMatchObject({
      ...{ exitCode: 0, stdout: 'No set is known. Make one with: belay backup run -f PLAN\n' },
    });
  });

  it('shows each set with what is known of it, why it is kept and when it goes', async () => {
    await givenSets();
    const { stdout } = await belay('list', '-f', join(home, 'plan.yaml'));
    expect(stdout.split('\n').map((line) => line.trimEnd())).toEqual([
      'MADE                 COMPONENT           REPOSITORY  SET                                TYPE            SIZE  VERIFIED  REPLICATED  PROVEN              GOES  WHY',
      '02:00:00             prod/shop/database  main        20261129-020000F                   full          1.0 MB  damaged                                         is damaged (base/1/1259: checksum differs), and nothing newer can be restored',
      '2026-11-28 02:00:00  prod/shop/database  main        20261120-020000F_20261128-020000I  incremental   1.0 MB  never     offsite                               younger than 7d (+1)',
      '2026-11-20 02:00:00  prod/shop/database  main        20261120-020000F                   full         12.3 MB  9d ago                2d ago, took 4m12s        point in time: the moments of the last 7d begin with it (+3)',
      '',
      'prod/shop/database in main: you can go back to any moment from 2026-11-20 02:00:01 to the last commit that was archived by 11:55:00, except from the last commit before 2026-11-28 20:00:00 to 11:55:00 (WAL segments from 00000001000000000000002E to 00000001000000000000002F are missing; no set was made after that)',
      'prod/shop/database in offsite: you cannot go back to any moment: there is no set that can be restored',
      '',
      '  Late',
      '    prod/shop/database in main: the newest set that can be restored, 20261120-020000F_20261128-020000I, is 1d10h old; at most 1d6h is expected',
      '    prod/shop/database in main: the newest set, 20261129-020000F, is damaged (base/1/1259: checksum differs)',
      '    prod/shop/database in main: there is a gap from 2026-11-28 20:00:00Z to 2026-11-29 11:55:00Z: WAL segments from 00000001000000000000002E to 00000001000000000000002F are missing; no set was made after that',
      '    prod/shop/database in offsite: offsite has no set that can be restored',
      '',
    ]);
  });

  it('misses nothing of a plan that is retired, until a backup of it is made again', async () => {
    await givenSets();
    await ledger.catalogue.retire({ ...plan, atMs: nowMs, by: 'ana', why: 'replaced by wiki' });
    const list = async () => (await belay('list', '-f', join(home, 'plan.yaml'))).stdout;
    expect(await list()).not.toContain('Late');
    expect(await list()).toContain(
      'prod/shop: since 12:00:00 by ana: replaced by wiki; nothing is expected of it',
    );
    const again = setAt(nowMs + hourMs, { label: 'again' });
    const activities = createCatalogueActivities(ledger.catalogue);
    const known = { ...plan, component, repository: 'main', label: again.label };
    const seen = { atMs: nowMs + hourMs, runRef };
    await activities.recordFacts([{ ...known, kind: 'made', set: again, seen }]);
    expect(await list()).not.toContain('Retired');
  });

  it('says that a plan which never ran has nothing', async () => {
    await writeFile(join(home, 'plan.yaml'), planFile);
    const { stdout } = await belay('list', '-f', join(home, 'plan.yaml'));
    expect(stdout).toContain(
      'prod/shop/database in main: no set of it is known in main, which was never read',
    );
  });

  it('keeps everything where the plan of the last run has no retention, or is not known', async () => {
    await givenSets();
    const { stdout } = await belay('list', 'shop');
    expect(stdout).toContain('the plan has no retention');
    expect((await belay('list', 'wiki')).stdout).toContain('No set is known');
    const refused = await belay('list', 'a/b/c');
    expect(refused).toMatchObject({ exitCode: 2 });
    expect(refused.stderr).toContain('"a/b/c" names no plan: write NAME or ENVIRONMENT/NAME');
  });

  it('has all of it as JSON', async () => {
    await givenSets();
    const { stdout } = await belay('list', '-f', join(home, 'plan.yaml'), '--json');
    expect(JSON.parse(stdout)).toMatchObject([
      {
        ...{ environment: 'prod', backup: 'shop' },
        late: ['too-old', 'partial', 'gap', 'missing'].map((kind) => ({ kind })),
        repositories: [
          {
            ...{ repository: 'main', readAtMs: nowMs - hourMs },
            sets: [
              {
                label: full.label,
                standing: 'restorable',
                action: 'keep',
                proven: { tookMs: 252_000 },
              },
              { label: incremental.label, replicated: [{ repository: 'offsite' }] },
              {
                label: damagedSet.label,
                standing: 'unrestorable',
                why: expect.any(String) as string,
              },
            ],
            recovery: { windows: [{ untilMs: Date.parse('2026-11-28T20:00Z') }] },
          },
          { repository: 'offsite', sets: [], recovery: { windows: [] } },
        ],
      },
    ]);
  });

  it('lists 10,000 sets in less than half a second', async () => {
    const sets = Array.from({ length: 10_000 }, (_, index) =>
      setAt(nowMs - index * hourMs, { label: `set-${index}` }),
    );
    const contents = contentsOf(sets, { readAtMs: nowMs });
    const activities = createCatalogueActivities(ledger.catalogue);
    await activities.compareCatalogue(plan, component, contents, runRef);
    await writeFile(join(home, 'plan.yaml'), planFile);
    const took: number[] = [];
    for (let round = 0; round < 5; round++) {
      const before = process.cpuUsage();
      const { stdout } = await belay('list', '-f', join(home, 'plan.yaml'));
      const { user, system } = process.cpuUsage(before);
      took.push((user + system) / 1000);
      expect(stdout.split('\n').length).toBeGreaterThan(10_000);
    }
    expect(Math.min(...took)).toBeLessThan(500);
  });
});

describe('belay backup show', () => {
  it('shows all that is known of a set, with every reason', async () => {
    await givenSets();
    const { stdout } = await belay('show', full.label, '-f', join(home, 'plan.yaml'));
    expect(stdout).toContain(`${full.label}  can be restored`);
    expect(stdout).toContain('restored in 4m12s, 1s lost, 12.3 MB');
    expect(stdout).toMatch(/WAL +00000001000000000000000A to 00000001000000000000000A/);
    expect(stdout).toMatch(
      /Kept because\n[^]*is the newest set that a drill has proven\n[^]*is the base of the incremental of 2026-11-28/,
    );
    expect((await belay('show', damagedSet.label)).stdout).toContain(
      'is damaged (base/1/1259: checksum differs)',
    );
  });

  it('says what became of a set that is not there', async () => {
    await givenSets();
    expect((await belay('show', 'never')).stderr).toContain(
      'No set "never" is known. See those there are with: belay backup list',
    );
    const expired = { atMs: nowMs, runRef, why: 'older than 7d' };
    await createCatalogueActivities(ledger.catalogue).recordFacts([
      { ...plan, component, repository: 'main', label: full.label, kind: 'expired', expired },
    ]);
    const refused = await belay('show', full.label);
    expect(refused).toMatchObject({ exitCode: 2 });
    expect(refused.stderr).toContain('expired at 2026-11-29 12:00:00Z: older than 7d');
    expect((await belay('list', '--gone')).stdout).toMatch(
      /Gone\n.*20261120-020000F +expired 12:00:00: older than 7d/,
    );
  });
});

describe('belay backup gaps', () => {
  it('shows to what moments one can go back, every gap with its reason, and what cannot be restored', async () => {
    await givenSets();
    const { stdout } = await belay('gaps', 'prod/shop');
    expect(stdout).toMatch(/as of 1h ago, when the repository was read\n/);
    expect(stdout).toMatch(/Any moment\n +2026-11-20 02:00:01 +2026-11-28 20:00:00 +8d17h59m59s\n/);
    expect(stdout).toMatch(/Gaps\n +2026-11-28 20:00:00 +11:55:00 +15h55m +WAL segments from/);
    expect(stdout).toMatch(
      /Sets that cannot be restored\n +02:00:00 +20261129-020000F +is damaged/,
    );
  });
});
