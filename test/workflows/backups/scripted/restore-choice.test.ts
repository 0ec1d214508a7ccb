import { beforeEach, describe, expect, it } from 'vitest';
import { ScriptedBackups } from '../../../fixtures/scripted-backups.ts';
import { setOf, type ScriptedStore } from '../../../fixtures/scripted-store.ts';
import { useStarted } from '../../../fixtures/use-started.ts';

const backups = useStarted(() => ScriptedBackups.start());
let store: ScriptedStore;
let nowMs: number;

beforeEach(async () => {
  store = await backups().store();
  nowMs = await backups().env.currentTimeMs();
  const times = { startedAtMs: nowMs - 3_600_000, stoppedAtMs: nowMs - 3_600_000 };
  store.setsIn('files').push(setOf('up-1', { repository: 'files', ...times }));
});

const start = (more: object = {}) =>
  backups().start('restore', store, { plan: backups().plan(store), ...more });

describe('what a restore chooses', () => {
  it('does not take the safety copy of an earlier restore in place for the newest set', async () => {
    store.aheadMs = nowMs - Date.now();
    const first = await start({ inPlace: true, component: 'uploads' });
    await first.until(({ phase }) => phase === 'awaiting-approval');
    await first.send('approve');
    expect(await first.report()).toMatchObject({ outcome: 'Restored' });
    expect(store.setsIn('files').map(({ label }) => label)).toEqual(['up-1', 'uploads-2']);
    const second = await (await start({ component: 'uploads' })).report();
    expect(second.details.restored).toMatchObject([{ label: 'up-1' }]);
    const named = await (await start({ component: 'uploads', set: 'uploads-2' })).report();
    expect(named.details.restored).toMatchObject([{ label: 'uploads-2' }]);
  });

  it('takes the set that is the newest once it has its permit', async () => {
    store.permit = () => {
      const times = { startedAtMs: nowMs - 60_000, stoppedAtMs: nowMs - 60_000 };
      store.setsIn('files').push(setOf('up-2', { repository: 'files', ...times }));
      return { granted: true, notes: [] };
    };
    const report = await (await start({ component: 'uploads' })).report();
    expect(report.details.restored).toMatchObject([{ label: 'up-2' }]);
  });

  it.each<[string, () => void, string]>([
    ['is gone', () => store.sets.set('files', []), 'cannot be reached'],
    [
      'is not the newest any more',
      () => {
        const times = { startedAtMs: nowMs - 60_000, stoppedAtMs: nowMs - 60_000 };
        store.setsIn('files').push(setOf('up-2', { repository: 'files', ...times }));
      },
      'uploads: up-1 of files was approved, and up-2 of files would be restored now',
    ],
  ])('touches nothing in place where what was approved %s', async (_, change, why) => {
    const run = await start({ inPlace: true, component: 'uploads' });
    await run.until(({ phase }) => phase === 'awaiting-approval');
    change();
    await run.send('approve');
    const report = await run.report();
    expect(report.outcome).toBe('Failed');
    expect(report.reason).toContain(why);
    expect(store.acts).not.toContain('restoreSet uploads up-1 place');
    expect(store.acts).not.toContain('makeSet uploads files full');
  });

  it('in place says that what is there was compared with the set', async () => {
    store.script('restoreSet', 'uploads', undefined, {
      ...{ copy: '', folder: '/', bytes: 10, startedAtMs: 0, endedAtMs: 1 },
      remarks: ['3 files are as the set has them'],
    });
    const run = await start({ inPlace: true, component: 'uploads' });
    await run.until(({ phase }) => phase === 'awaiting-approval');
    await run.send('approve');
    const report = await run.report();
    const step = report.steps?.find(({ name }) => name === 'restore uploads in place');
    expect(step?.evidence).toContainEqual(
      expect.objectContaining({
        what: 'compared with the set',
        value: '3 files are as the set has them',
      }),
    );
    expect(report.details.restored?.[0]).not.toHaveProperty('folder');
  });
});
