import { beforeEach, describe, expect, it } from 'vitest';
import { ScriptedBackups } from '../../../fixtures/scripted-backups.ts';
import { refused, setOf, type ScriptedStore } from '../../../fixtures/scripted-store.ts';
import { useStarted } from '../../../fixtures/use-started.ts';
import { entryOf } from '../../../policies/backups/backup-sets.ts';

const backups = useStarted(() => ScriptedBackups.start());
let store: ScriptedStore;

const dayMs = 86_400_000;

beforeEach(async () => {
  store = await backups().store();
  const nowMs = await backups().env.currentTimeMs();
  for (const days of [40, 35, 2, 1]) {
    const atMs = nowMs - days * dayMs;
    const times = { startedAtMs: atMs, stoppedAtMs: atMs, repository: 'files' };
    store.setsIn('files').push(setOf(`day-${days}`, times));
  }
});

const start = (more: object = {}, retention: object = { age: '30d' }) =>
  backups().start('backupRetention', store, {
    plan: backups().plan(store, {
      components: { uploads: { files: { paths: ['/srv'] }, repositories: ['files'] } },
      retention,
    }),
    ...more,
  });

describe('a repository with 10,000 sets', () => {
  it('is planned and expired, and no payload is near the limit of Temporal', async () => {
    const label = (index: number) => `files-${String(index).padStart(60, '0')}`;
    const nowMs = await backups().env.currentTimeMs();
    const sets = Array.from({ length: 10_000 }, (_, index) => {
      const startedAtMs = nowMs - (10_000 - index) * (dayMs / 24);
      return setOf(label(index), { repository: 'files', startedAtMs, stoppedAtMs: startedAtMs });
    });
    store.sets.set('files', sets);
    store.catalogue = sets.map((set) => entryOf(set));
    const run = await start({}, { count: 100 });
    const report = await run.report();
    expect(report).toMatchObject({ outcome: 'Complete', reason: '9900 expired, 100 are kept' });
    expect(store.setsIn('files')).toHaveLength(100);
    expect(report.details.retention).toHaveLength(1_000);
    expect(store.largestBytes).toBeGreaterThan(100_000);
    expect(store.largestBytes).toBeLessThan(1_500_000);
  }, 120_000);
});

describe('a retention', () => {
  it('expires what no rule keeps, sees it gone, and writes down why', async () => {
    const report = await (await start()).report();
    expect(report).toMatchObject({ outcome: 'Complete', reason: '2 expired, 2 are kept' });
    expect(store.acts).toEqual(['expireSets uploads files day-35 day-40']);
    expect(store.facts).toMatchObject([
      { kind: 'expired', label: 'day-40' },
      { kind: 'expired', label: 'day-35' },
    ]);
    expect(report.details.retention?.map(({ label, fate }) => `${label} ${fate}`)).toEqual([
      'day-40 expired',
      'day-35 expired',
      'day-2 kept',
      'day-1 kept',
    ]);
    expect(report.details.retention?.every(({ why }) => why !== '')).toBe(true);
    expect(store.permits[0]?.scopes).toEqual([{ of: 'repository', name: 'files' }]);
  });

  it('says in a dry run what it would do, and asks nobody', async () => {
    const report = await (await start({ dryRun: true })).report();
    expect(report).toMatchObject({ outcome: 'Planned', reason: '2 are kept, 2 would expire' });
    expect(store.acts).toEqual([]);
    expect(store.permits).toEqual([]);
  });

  it('is Partial where the tool did not do all of it', async () => {
    store.script('expireSets', 'uploads', { gone: ['day-40'] });
    const report = await (await start()).report();
    expect(report).toMatchObject({
      outcome: 'Partial',
      reason: '1 expired, 2 are kept: still in files: day-35',
    });
    expect(store.facts).toHaveLength(1);
  });

  it('is Failed where the tool fails', async () => {
    store.script('expireSets', 'uploads', refused('the repository is locked'));
    const report = await (await start()).report();
    expect(report).toMatchObject({ outcome: 'Failed' });
    expect(report.reason).toContain('nothing expired in files: the repository is locked');
  });

  it('expires nothing that was to be copied before, and could not be', async () => {
    store.script('copySet', 'uploads', refused('the disk is full'), undefined);
    const retention = {
      age: '30d',
      coldStorage: { repository: 'cold', retention: { age: '365d' } },
    };
    const report = await (await start({}, retention)).report();
    expect(report.outcome).toBe('Partial');
    expect(report.reason).toContain('day-40 was not copied to cold: the disk is full');
    expect(store.acts).toEqual([
      'copySet uploads day-40 cold',
      'copySet uploads day-35 cold',
      'expireSets uploads files day-35',
    ]);
  });

  it('keeps everything where a repository cannot be read', async () => {
    store.script('readRepository', 'uploads', refused('wrong passphrase'));
    const report = await (await start()).report();
    expect(store.acts).toEqual([]);
    expect(report).toMatchObject({ outcome: 'Failed' });
    expect(report.reason).toContain('files cannot be read: wrong passphrase');
  });

  it('is not planned where a repository cannot be read', async () => {
    store.script('readRepository', 'uploads', refused('wrong passphrase'));
    const report = await (await start({ dryRun: true })).report();
    expect(report).toMatchObject({ outcome: 'Failed' });
    expect(report.reason).toContain('files cannot be read: wrong passphrase');
  });

  it('expires nothing without a ledger, and is not Complete', async () => {
    store.ledgerFailure = refused('the ledger is away');
    const report = await (await start()).report();
    expect(store.acts).toEqual([]);
    expect(report).toMatchObject({ outcome: 'Failed' });
    expect(report.reason).toContain('the catalogue of uploads was not read');
  });

  it('keeps what was proven, also where the catalogue believed it to be gone', async () => {
    const set = store.setsIn('files').find(({ label }) => label === 'day-40');
    if (set === undefined) throw new Error('there is no such set');
    const seen = { atMs: 1, runRef: 'run' };
    store.catalogue = [
      {
        ...{ environment: store.name, backup: store.name, set, firstSeen: seen, replicated: [] },
        component: {
          ...{ name: 'uploads', agent: 'db-1', repositories: ['files'] },
          source: { kind: 'files', paths: ['/srv'], exclude: [] },
        },
        proven: { ...seen, tookMs: 1, bytes: 1 },
        missing: seen,
      },
    ];
    const report = await (await start()).report();
    expect(store.acts).toEqual(['expireSets uploads files day-35']);
    expect(report).toMatchObject({ outcome: 'Complete', reason: '1 expired, 3 are kept' });
  });

  it('keeps others away from the cold storage that it writes to', async () => {
    const coldStorage = { repository: 'cold', retention: { age: '365d' } };
    await (await start({}, { age: '30d', coldStorage })).report();
    expect(store.permits[0]?.scopes).toEqual([
      { of: 'repository', name: 'files' },
      { of: 'repository', name: 'cold' },
    ]);
  });
});
