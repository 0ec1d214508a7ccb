import { beforeEach, describe, expect, it } from 'vitest';
import { ScriptedBackups } from '../../../fixtures/scripted-backups.ts';
import { useStarted } from '../../../fixtures/use-started.ts';
import { at, fillRepositories } from './filled-repositories.ts';
import {
  type ScriptedStore,
  absent,
  blocked,
  exited,
  finishing,
  refused,
} from '../../../fixtures/scripted-store.ts';

const backups = useStarted(() => ScriptedBackups.start());
let store: ScriptedStore;
let nowMs: number;

beforeEach(async () => {
  store = await backups().store();
  nowMs = await backups().env.currentTimeMs();
  fillRepositories(store, nowMs);
});

describe('a restore', () => {
  const start = (more: object = {}, plan: object = {}) =>
    backups().start('restore', store, { plan: backups().plan(store, plan), ...more });

  it('of everything is beside, proven, and kept for a while', async () => {
    store.script('runCopy', 'db', blocked);
    const report = await (await start()).report();
    expect(report).toMatchObject({ outcome: 'Restored' });
    expect(report.reason).toMatch(/^db from db-1, uploads from up-1: \/copies\/.* kept for 1d$/);
    expect(store.acts).toEqual([
      'restoreSet db db-1 copy',
      'runCopy db',
      'assertCopy db sequences structure',
      'assertCopy db checksums',
      'restoreSet uploads up-1 copy',
      'assertCopy uploads files',
    ]);
    expect(store.copies.size).toBe(2);
    expect(report.details.restored?.map(({ component, label }) => `${component} ${label}`)).toEqual(
      ['db db-1', 'uploads up-1'],
    );
  });

  it('shows in a plan the set, the log, what would be lost and how long it took last', async () => {
    const report = await (await start({ dryRun: true, component: 'db' })).report();
    expect(report.outcome).toBe('Planned');
    const shown = report.steps?.[0]?.evidence.map(({ what, value }) => `${what}: ${value}`) ?? [];
    expect(shown[0]).toContain('db-1, full, 1.0 kB');
    expect(shown[0]).toContain(
      `with WAL from ${at(2, '').segment} to ${at(9, '').segment} at most`,
    );
    expect(shown[1]).toMatch(/^lost of db: the last \d/);
    expect(shown[2]).toContain('nothing was restored yet');
    expect(store.acts).toEqual([]);
  });

  it.each([
    ['in the future', 3_600_000, 'is in the future'],
    ['before the first set', -3 * 3_600_000, 'cannot be reached'],
  ])('to a time %s is refused before anything is touched', async (_, afterMs, why) => {
    const to = new Date(nowMs + afterMs).toISOString();
    const refusal = await (await start({ to, component: 'db' })).refusal();
    expect(refusal).toContain(why);
    expect(refusal).toContain('you can go back to any moment from');
    expect(store.acts).toEqual([]);
  });

  it('stays in place where the passwords cannot be set again: it is incomplete', async () => {
    store.script('runCommand', '*', exited(1));
    const plan = { restore: { credentials: { command: 'set-passwords' } } };
    const run = await start({ inPlace: true, component: 'uploads' }, plan);
    await run.until(({ phase }) => phase === 'awaiting-approval');
    await run.send('approve');
    const report = await run.report();
    expect(report.outcome).toBe('Incomplete');
    expect(report.reason).toMatch(/^in place: .* Not done: set today's passwords: set-passwords/);
    expect(report.undo).toEqual([]);
    expect(store.acts.slice(-3)).toEqual([
      'makeSet uploads files full',
      'restoreSet uploads up-1 place',
      'runCommand set-passwords',
    ]);
  });

  it('puts the safety copy back where a restore in place fails', async () => {
    store.script('restoreSet', 'uploads', undefined, refused('the disk is full'), undefined);
    const run = await start({ inPlace: true, component: 'uploads' });
    await run.until(({ phase }) => phase === 'awaiting-approval');
    await run.send('approve');
    const report = await run.report();
    expect(report).toMatchObject({ outcome: 'Failed', reason: 'the disk is full' });
    expect(store.acts.slice(-4)).toEqual([
      'makeSet uploads files full',
      'restoreSet uploads up-1 place',
      'restoreSet uploads uploads-2 place',
      'removeCopy uploads -',
    ]);
  });

  it('puts the safety copy back where it was aborted while its last act succeeded', async () => {
    store.script('restoreSet', 'uploads', undefined, finishing, undefined);
    const run = await start({ inPlace: true, component: 'uploads' });
    await run.until(({ phase }) => phase === 'awaiting-approval');
    await run.send('approve');
    await run.until(() => store.acts.includes('restoreSet uploads up-1 place'));
    await run.send('abort');
    store.release();
    expect((await run.report()).outcome).toBe('Aborted');
    expect(store.acts).toContain('restoreSet uploads uploads-2 place');
  });

  it('touches nothing in place where there can be no safety copy', async () => {
    store.script('makeSet', 'uploads', refused('the disk is full'));
    const run = await start({ inPlace: true, component: 'uploads' });
    await run.until(({ phase }) => phase === 'awaiting-approval');
    await run.send('approve');
    const report = await run.report();
    expect(report.outcome).toBe('Failed');
    expect(report.reason).toContain('nothing in place was touched: the disk is full');
    expect(store.acts).not.toContain('restoreSet uploads up-1 place');
  });

  it('touches nothing in place where it is rejected', async () => {
    const run = await start({ inPlace: true, component: 'uploads' });
    await run.until(({ phase }) => phase === 'awaiting-approval');
    await run.send('reject');
    expect((await run.report()).outcome).toBe('Aborted');
    expect(store.acts).not.toContain('makeSet uploads files full');
  });

  it('removes a copy that is not what it should be', async () => {
    store.script('assertCopy', 'uploads', [
      { name: 'files', passed: false, seen: 'a.txt differs', expected: 'equal' },
    ]);
    const report = await (await start({ component: 'uploads' })).report();
    expect(report).toMatchObject({ outcome: 'Failed' });
    expect(report.reason).toContain('files: a.txt differs');
    expect(store.copies.size).toBe(0);
  });

  it('is done by another agent where that of the source is gone', async () => {
    store.script('examineSource', '*', absent('nobody is there'));
    const agent = `${store.name}-b`;
    const report = await (await start({ component: 'uploads', agent })).report();
    expect(report.details.restored?.[0]).toMatchObject({ agent });
  });
});

describe('a drill', () => {
  const start = (more: object = {}, plan: object = {}) =>
    backups().start('restoreDrill', store, { plan: backups().plan(store, plan), ...more });

  beforeEach(() => {
    store.script('runCopy', 'db', blocked);
  });

  it('marks the source, restores to between the marks, proves and removes the copy', async () => {
    const drill = { component: 'db', secondRepositoryEvery: 0, sql: [rows], roles: ['shop'] };
    const at3 = { timeline: 1, segment: at(3, '').segment, lsn: '0/3000028' };
    const committedAtMs = nowMs - 60_000;
    const mark = (nonce: string) => ({ nonce, committedAtMs, at: at3 });
    store.script('writeMark', 'db', mark('before'), mark('after'));
    const report = await (await start({ to: iso(committedAtMs + 1) }, { drill })).report();
    expect(report).toMatchObject({ outcome: 'Proven' });
    expect(store.acts).toEqual([
      'writeMark db -',
      'writeMark db -',
      'restoreSet db db-1 copy',
      'runCopy db',
      'assertCopy db mark mark sql roles sequences structure',
      'assertCopy db checksums',
      'removeCopy db -',
    ]);
    expect(store.copies.size).toBe(0);
    expect(report.details.drill).toMatchObject({
      ...{ component: 'db', repository: 'main', label: 'db-1', bytes: 1_000 },
      rpoMs: expect.any(Number) as number,
      recoverMs: expect.any(Number) as number,
    });
    expect(store.found()).toEqual(['proven db-1']);
    expect(store.compared[0]).toBe('main');
  });

  it('is not proven by an answer that is another, and says which', async () => {
    store.script('assertCopy', 'uploads', [
      { name: 'files', passed: false, seen: 'a.txt differs', expected: 'equal' },
    ]);
    const report = await (await start({ component: 'uploads' })).report();
    expect(report).toMatchObject({
      outcome: 'NotProven',
      reason: 'up-1 of uploads: files: a.txt differs (expected: equal)',
    });
    expect(store.copies.size).toBe(0);
    expect(store.facts).toEqual([]);
    expect(store.notifications.at(-1)).toMatchObject({ event: 'failed' });
  });

  it('is not proven by a database that cannot be recovered, and the copy is removed', async () => {
    store.script('inspectCopy', 'db', {
      ...({ state: 'failed', detail: 'recovery ended before its target' } as const),
    });
    const report = await (await start({ component: 'db', to: 'latest' })).report();
    expect(report.outcome).toBe('NotProven');
    expect(report.reason).toContain('db could not be recovered: recovery ended before its target');
    expect(store.copies.size).toBe(0);
  });

  it('is not proven by a copy that answered nothing', async () => {
    store.script('assertCopy', 'uploads', []);
    const report = await (await start({ component: 'uploads' })).report();
    expect(report.outcome).toBe('NotProven');
    expect(report.reason).toContain('files: no answer');
    expect(store.facts).toEqual([]);
  });

  it('is not proven where nothing was to be asked', async () => {
    delete store.source['db'];
    const drill = { component: 'db', structure: false, checksums: false, sequences: false };
    const report = await (await start({ to: 'latest' }, { drill })).report();
    expect(report.outcome).toBe('NotProven');
    expect(report.reason).toContain('nothing was asked');
    expect(store.facts).toEqual([]);
  });

  it('is not proven where no set leads to the moment', async () => {
    store.sets.set('files', []);
    const report = await (await start({ component: 'uploads' })).report();
    expect(report.outcome).toBe('NotProven');
    expect(report.reason).toContain('cannot be reached');
  });

  it('measures itself against the objectives', async () => {
    const plan = { objectives: { rto: '1s' } };
    store.script('restoreSet', 'uploads', blocked);
    const run = await start({ component: 'uploads' }, plan);
    await run.until(() => store.acts.some((each) => each.startsWith('restoreSet')));
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    store.release();
    const report = await run.report();
    expect(report.outcome).toBe('NotProven');
    expect(report.reason).toMatch(/RTO: \S+ \(expected: at most 1s\)/);
  });

  it.each(['restoreSet', 'assertCopy', 'inspectCopy'] as const)(
    'removes its copy where it is aborted during %s',
    async (name) => {
      store.script(name, 'db', blocked);
      const run = await start({ component: 'db', to: 'latest' });
      await run.until(({ now }) => now !== '' && reached(name));
      await run.send('abort');
      const report = await run.report();
      expect(report.outcome).toBe('Aborted');
      expect(store.copies.size).toBe(0);
      expect(store.acts.at(-1)).toBe('removeCopy db -');
    },
  );

  it('fails, and says nothing of the backup, where the agent is lost', async () => {
    store.script('restoreSet', 'uploads', absent('agent gone did not take restoreSet up'));
    const report = await (await start({ component: 'uploads' })).report();
    expect(report).toMatchObject({ outcome: 'Failed' });
    expect(store.facts).toEqual([]);
  });

  const rows = { name: 'orders', query: 'select count(*) from orders', expect: '3' };
  const iso = (ms: number) => new Date(Math.ceil(ms / 1_000) * 1_000).toISOString();
  const reached = (name: string) =>
    name === 'inspectCopy'
      ? store.acts.includes('runCopy db')
      : store.acts.some((each) => each.startsWith(name));
});
