import { beforeEach, describe, expect, it } from 'vitest';
import { fillRepositories } from './filled-repositories.ts';
import { ScriptedBackups } from '../../../fixtures/scripted-backups.ts';
import {
  blocked,
  finishing,
  refused,
  type ScriptedStore,
} from '../../../fixtures/scripted-store.ts';
import { useStarted } from '../../../fixtures/use-started.ts';

const backups = useStarted(() => ScriptedBackups.start());
let store: ScriptedStore;

beforeEach(async () => {
  store = await backups().store();
  fillRepositories(store, await backups().env.currentTimeMs());
});

describe('a restore', () => {
  const start = (more: object = {}, plan: object = {}) =>
    backups().start('restore', store, { plan: backups().plan(store, plan), ...more });

  describe('in place of a database', () => {
    const plan = { restore: { approvers: ['ana'], keepFor: '2h' } };
    const inPlace = { inPlace: true, component: 'db' };
    const placeActs = () => store.acts.slice(store.acts.indexOf('removeCopy db -') + 1);
    const approved = async (more: object, ownPlan: object = plan) => {
      store.script('runCopy', 'db', blocked);
      const run = await start({ ...inPlace, ...more }, ownPlan);
      await run.until(({ phase }) => phase === 'awaiting-approval');
      expect(placeActs()).toEqual([]);
      await run.send('approve');
      return run;
    };
    const swapped = [
      'restoreSet db db-1 next',
      'stopServer db -',
      'swapIn db -',
      'startServer db -',
      'writeMark db -',
    ];

    it('is refused while it runs, unless that is asked for', async () => {
      const refusal = await (await start(inPlace)).refusal();
      expect(refusal).toBe(
        'db: PostgreSQL runs there: stop it first, or ask for that (stop: true)',
      );
      expect(store.acts).toEqual([]);
    });

    it('is refused with every reason why it cannot be kept', async () => {
      store.script('examinePlace', 'db', {
        ...{ refusals: ['no service', 'no room'], remarks: [], running: true },
      });
      const refusal = await (await start(inPlace)).refusal();
      expect(refusal).toContain('db: no service; db: no room; db: PostgreSQL runs there');
      expect(store.acts).toEqual([]);
    });

    it('is beside first, then approved, and swaps the data folders', async () => {
      const run = await approved({ stop: true });
      const report = await run.report();
      expect(report).toMatchObject({ outcome: 'Restored', reason: 'in place: db from db-1' });
      expect(placeActs()).toEqual([...swapped, 'keepReplaced db -']);
      expect(report.notes).toContain('The restore in place was approved by ana');
      expect(report.notes.join()).toContain('/data.belay-replaced-until-then on');
      expect(store.places.get('db')).toEqual({ isReplaced: true, running: true });
    });

    it('is not aborted any more once it is in place: the credentials are still applied', async () => {
      const credentials = { command: 'passwords' };
      store.script('keepReplaced', 'db', finishing);
      const run = await approved({ stop: true }, { restore: { ...plan.restore, credentials } });
      await run.until(() => store.acts.includes('keepReplaced db -'));
      await expect(run.send('abort')).rejects.toThrow();
      await run.handle.cancel();
      await run.until(({ people }) => people.some(({ verb }) => verb === 'cancel'));
      store.release();
      const report = await run.report();
      expect(report).toMatchObject({ outcome: 'Restored', undo: [] });
      expect(report.steps?.at(-1)).toMatchObject({ name: 'credentials: passwords', state: 'done' });
    });

    it('is incomplete where its credentials are not applied, also where it was cancelled then', async () => {
      const credentials = { command: 'passwords' };
      store.script('runCommand', '*', refused('no such command'));
      store.script('keepReplaced', 'db', finishing);
      const run = await approved({ stop: true }, { restore: { ...plan.restore, credentials } });
      await run.until(() => store.acts.includes('keepReplaced db -'));
      await run.handle.cancel();
      await run.until(({ people }) => people.some(({ verb }) => verb === 'cancel'));
      store.release();
      const { outcome, reason } = await run.report();
      expect(outcome).toBe('Incomplete');
      expect(reason).toContain("Not done: set today's passwords: no such command");
    });

    it('is written over a stopped server without a safety copy', async () => {
      const run = await approved({ stop: true, safetyCopy: false });
      expect(await run.report()).toMatchObject({ outcome: 'Restored' });
      expect(placeActs()).toEqual([
        'stopServer db -',
        'restoreSet db db-1 place',
        'startServer db -',
        'writeMark db -',
      ]);
    });

    it.each([
      ['is of another cluster', { identity: '8', timeline: 2 }, 'its system identifier is 8'],
      ['did not leave the timeline', { identity: '7', timeline: 1 }, 'it is on timeline 1'],
    ])('puts back what was there where the new one %s', async (_, seen, why) => {
      store.script('inspectServer', 'db', { state: 'promoted', detail: '', ...seen }, undefined);
      const run = await approved({ stop: true });
      const report = await run.report();
      expect(report.outcome).toBe('Failed');
      expect(report.reason).toContain(why);
      expect(placeActs()).toEqual([
        ...swapped.slice(0, -1),
        ...['stopServer db -', 'putBack db -', 'startServer db -'],
        'removeCopy db -',
      ]);
      expect(store.places.get('db')).toEqual({ isReplaced: false, running: true });
    });

    it('puts back what was there where the new one never takes writes', async () => {
      const gone = { state: 'stopped', detail: 'gone' } as const;
      store.script('inspectServer', 'db', gone, gone, gone, undefined);
      const report = await (await approved({ stop: true })).report();
      expect(report.reason).toBe('db could not be recovered: its server has stopped');
      expect(store.places.get('db')).toEqual({ isReplaced: false, running: true });
    });

    it('puts back what was there where it is aborted, and leaves it stopped if it was', async () => {
      store.places.set('db', { isReplaced: false, running: false });
      store.script('startServer', 'db', blocked);
      const run = await approved({});
      await run.until(() => store.acts.includes('startServer db -'));
      await run.send('abort');
      expect((await run.report()).outcome).toBe('Aborted');
      expect(placeActs().slice(-4)).toEqual([
        ...['startServer db -', 'stopServer db -', 'putBack db -', 'removeCopy db -'],
      ]);
      expect(store.places.get('db')).toEqual({ isReplaced: false, running: false });
    });

    it('never stops a server whose set could not be restored', async () => {
      store.script('restoreSet', 'db', undefined, refused('the disk is full'));
      const report = await (await approved({ stop: true })).report();
      expect(report).toMatchObject({ outcome: 'Failed', reason: 'the disk is full' });
      expect(placeActs()).not.toContain('stopServer db -');
      expect(placeActs()).toContain('putBack db -');
    });

    it('says so where there is nothing that could be started', async () => {
      const place = { isReplaced: false, isStartable: false, running: false };
      store.script('putBack', 'db', place);
      store.script('restoreSet', 'db', undefined, refused('the disk is full'));
      const report = await (await approved({ stop: true, safetyCopy: false })).report();
      expect(report.outcome).toBe('Failed');
      expect(report.notes.join()).toContain('cannot be started, and there is no safety copy');
      expect(placeActs()).not.toContain('startServer db -');
    });
  });
});
