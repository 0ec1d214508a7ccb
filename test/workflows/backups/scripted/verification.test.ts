import { beforeEach, describe, expect, it } from 'vitest';
import { ScriptedBackups } from '../../../fixtures/scripted-backups.ts';
import {
  blocked,
  damaged,
  refused,
  setOf,
  type ScriptedStore,
} from '../../../fixtures/scripted-store.ts';
import { useStarted } from '../../../fixtures/use-started.ts';

const backups = useStarted(() => ScriptedBackups.start());
let store: ScriptedStore;
let nowMs: number;

beforeEach(async () => {
  store = await backups().store();
  nowMs = await backups().env.currentTimeMs();
  for (const repository of ['main', 'offsite', 'files']) {
    store.setsIn(repository).push(set(`${repository}-1`, 2), set(`${repository}-2`, 1));
  }
});

const hourMs = 3_600_000;
const set = (label: string, hours: number) => {
  const startedAtMs = nowMs - hours * hourMs;
  return setOf(label, {
    startedAtMs,
    stoppedAtMs: startedAtMs,
    repository: label.split('-')[0] ?? '',
  });
};

const start = (more: object = {}) =>
  backups().start('backupVerification', store, { plan: backups().plan(store), ...more });

describe('a verification', () => {
  it('reads the newest set of each repository back, and names it', async () => {
    const report = await (await start()).report();
    expect(report).toMatchObject({
      outcome: 'Verified',
      reason: 'sound: main-2 of main; offsite-2 of offsite; files-2 of files',
    });
    expect(store.acts).toEqual([
      'checkSet db main-2',
      'checkSet db offsite-2',
      'checkSet uploads files-2',
    ]);
    expect(store.found()).toEqual(['verified main-2', 'verified offsite-2', 'verified files-2']);
    expect(report.details.checks?.[0]).toMatchObject({ label: 'main-2', repository: 'main' });
  });

  it("is not passed by yesterday's set where today's backup failed", async () => {
    store.sets.set('files', [set('files-1', 30)]);
    const report = await (await start()).report();
    expect(report).toMatchObject({
      outcome: 'Outdated',
      reason: 'files-1, the newest set of files, is 1d6h old; at most 1d is accepted',
    });
    expect(store.facts.map(({ label }) => label)).toContain('files-1');
    const { name } = store;
    expect(store.notifications.at(-1)).toMatchObject({
      event: 'failed',
      title: `${name}/${name}: verification of backup ${name}: Outdated`,
    });
  });

  it('names all damage of a set', async () => {
    store.script('checkSet', 'uploads', damaged('files-2', 'is missing'));
    const report = await (await start()).report();
    expect(report).toMatchObject({
      outcome: 'Damaged',
      reason: 'files-2 of uploads in files: base/1/1259: is missing',
    });
    expect(store.facts.at(-1)).toMatchObject({ kind: 'damaged', label: 'files-2' });
  });

  it('is Failed where a set cannot be read, or a repository', async () => {
    store.script('checkSet', 'uploads', refused('no such set'));
    store.script('readRepository', 'db', refused('wrong passphrase'));
    const report = await (await start()).report();
    expect(report.outcome).toBe('Failed');
    expect(report.reason).toContain('files-2 of files was not read: no such set');
    expect(report.reason).toContain('main cannot be read: wrong passphrase');
  });

  it('is Unreadable, not Outdated, where a repository cannot be read', async () => {
    store.script('readRepository', 'db', refused('wrong passphrase'));
    const report = await (await start()).report();
    expect(report).toMatchObject({
      outcome: 'Unreadable',
      reason: 'main cannot be read: wrong passphrase; offsite cannot be read: wrong passphrase',
    });
    expect(store.notifications.at(-1)).toMatchObject({ event: 'failed' });
  });

  it('is Damaged by damage outside of the newest set, and says so', async () => {
    store.script('checkSet', 'uploads', {
      ...damaged('files-2'),
      damage: [],
      elsewhere: [{ where: 'pack 1f', what: 'is missing' }],
    });
    const report = await (await start({ component: 'uploads' })).report();
    expect(report).toMatchObject({
      outcome: 'Damaged',
      reason: 'files, outside of the sets that were read: pack 1f: is missing',
    });
    expect(store.found()).toEqual(['verified files-2']);
  });

  it('mentions what a repository says of itself', async () => {
    store.contents['files'] = { problems: ['locked: by pid 7 on db-1'] };
    const report = await (await start({ component: 'uploads' })).report();
    expect(report).toMatchObject({
      outcome: 'Verified',
      reason: 'sound: files-2 of files; files: locked: by pid 7 on db-1',
    });
  });

  it('reads all sets where that is asked for, and the part of each that is', async () => {
    const report = await (
      await start({ sets: 'all', extent: '10%', component: 'uploads' })
    ).report();
    expect(report.outcome).toBe('Verified');
    expect(store.acts).toEqual(['checkSet uploads files-1', 'checkSet uploads files-2']);
    expect(store.facts[1]).toMatchObject({ verified: { extent: { kind: 'sample', percent: 10 } } });
  });

  it('has no set to read where there is none', async () => {
    store.sets.set('files', []);
    const report = await (await start({ component: 'uploads' })).report();
    expect(report).toMatchObject({ outcome: 'Outdated', reason: 'files has no set' });
  });

  it('is aborted in the middle of a check', async () => {
    store.script('checkSet', 'db', blocked);
    const run = await start();
    await run.until(() => store.acts.length > 0);
    await run.send('abort');
    expect(await run.report()).toMatchObject({ outcome: 'Aborted', undo: [] });
  });
});

describe('a replication', () => {
  const startReplication = () =>
    backups().start('backupReplication', store, {
      plan: backups().plan(store, { replicateTo: { uploads: 'cold' } }),
    });

  it('copies what the second repository lacks, oldest first, and deletes nothing there', async () => {
    const [first] = store.setsIn('files');
    const copied = { ...(first ?? setOf('')), repository: 'cold', label: 'its own' };
    store.setsIn('cold').push(copied, setOf('older', { repository: 'cold', startedAtMs: 1 }));
    const report = await (await startReplication()).report();
    expect(report).toMatchObject({ outcome: 'Complete', reason: '1 set was copied' });
    expect(store.acts).toEqual(['copySet uploads files-2 cold']);
    expect(store.setsIn('cold')).toHaveLength(3);
    expect(store.found()).toEqual(['replicated files-2']);
    expect(store.compared.slice(0, 2).sort()).toEqual(['cold', 'files']);
  });

  it('does not copy again what the retention of the second repository would expire', async () => {
    const retention = { age: '30d', repositories: { cold: { count: 1 } } };
    const plan = backups().plan(store, { replicateTo: { uploads: 'cold' }, retention });
    const report = await (await backups().start('backupReplication', store, { plan })).report();
    expect(report).toMatchObject({ outcome: 'Complete', reason: '1 set was copied' });
    expect(store.acts).toEqual(['copySet uploads files-2 cold']);
  });

  it('is Partial where one set cannot be copied', async () => {
    store.script('copySet', 'uploads', refused('the disk is full'), undefined);
    const report = await (await startReplication()).report();
    expect(report).toMatchObject({
      outcome: 'Partial',
      reason: '1 set was copied: files-1 was not copied to cold: the disk is full',
    });
  });
});
