import { beforeEach, describe, expect, it } from 'vitest';
import { ScriptedBackups } from '../../../fixtures/scripted-backups.ts';
import { blocked, exited, type ScriptedStore } from '../../../fixtures/scripted-store.ts';
import { useStarted } from '../../../fixtures/use-started.ts';

const backups = useStarted(() => ScriptedBackups.start());
let store: ScriptedStore;

beforeEach(async () => {
  store = await backups().store();
});

const start = (more: object = {}) => backups().start('backup', store, backups().plan(store, more));
const everySet = ['makeSet db main full', 'makeSet db offsite full', 'makeSet uploads files full'];

describe('the hooks of a backup', () => {
  const hooks = {
    before: { command: 'flush' },
    freeze: { command: 'hold', for: '10m' },
    after: { command: 'resume' },
  };

  it('are around the sets', async () => {
    const report = await (await start({ hooks })).report();
    expect(report.outcome).toBe('Complete');
    expect(store.acts).toEqual([
      ...['runCommand flush', 'applyLease hold'],
      ...everySet,
      ...['revertLease', 'runCommand resume'],
    ]);
  });

  it('fail the backup where the one before the sets fails, and the one after them is run', async () => {
    store.script('runCommand', '*', exited(1, 'no space left'), exited(0));
    const report = await (await start({ hooks })).report();
    expect(report).toMatchObject({
      outcome: 'Failed',
      reason: expect.stringMatching(/flush on .*no space left/) as string,
    });
    expect(store.acts).toEqual(['runCommand flush', 'runCommand resume']);
  });

  it('make it Partial where the freeze was over before the sets were made', async () => {
    store.script('revertLease', '*', { why: 'expired', revert: exited(0) });
    const report = await (await start({ hooks })).report();
    expect(report).toMatchObject({
      outcome: 'Partial',
      reason: expect.stringContaining('the freeze ended before the sets were made') as string,
    });
  });

  it('are over once the source was given back: nothing of them is undone afterwards', async () => {
    store.script('checkSet', 'db', blocked);
    const run = await start({ hooks, verify: {} });
    await run.until(() => store.acts.includes('checkSet db db-1'));
    await run.send('abort');
    const report = await run.report();
    expect(report).toMatchObject({ outcome: 'Aborted', undo: [] });
    expect(store.acts.filter((act) => act === 'runCommand resume')).toHaveLength(1);
    expect(store.acts.filter((act) => act === 'revertLease')).toHaveLength(1);
  });

  it('ask for a person where the freeze cannot be reverted, and the sets are written down', async () => {
    store.script('revertLease', '*', { why: 'asked', revert: exited(1, 'still busy') });
    const run = await start({ hooks });
    await run.until(({ phase }) => phase === 'undo-failed');
    expect(store.facts.map(({ kind }) => kind)).toEqual(['made', 'made', 'made']);
    expect(store.notifications.at(-1)).toMatchObject({ event: 'undo-failed' });
    await run.send('giveUp');
    const report = await run.report();
    expect(report.outcome).toBe('UndoFailed');
    expect(report.reason).toMatch(/what it holds may be held still: .* still busy/);
    expect(report.details.sets).toHaveLength(3);
  });

  it.each(['abort', 'cancel'])('are undone by %s in the middle of a set', async (how) => {
    store.script('makeSet', 'db', blocked);
    const run = await start({ hooks });
    await run.until(() => store.acts.includes('makeSet db main full'));
    await (how === 'abort' ? run.send('abort') : run.handle.cancel());
    const report = await run.report();
    expect(report.outcome).toBe('Aborted');
    expect(store.acts.slice(-2)).toEqual(['revertLease', 'runCommand resume']);
    expect(report.undo.map(({ state }) => state)).toEqual(['done', 'done']);
  });
});
