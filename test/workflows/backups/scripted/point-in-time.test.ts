import { Worker } from '@temporalio/worker';
import { beforeEach, describe, expect, it } from 'vitest';
import { untracedWorkflows } from '../../../../src/telemetry/tracing/trace-workflows.ts';
import { builtWorkflows } from '../../../fixtures/built.ts';
import { ScriptedBackups } from '../../../fixtures/scripted-backups.ts';
import type { ScriptedRun } from '../../../fixtures/scripted-run.ts';
import { blocked, refused, type ScriptedStore } from '../../../fixtures/scripted-store.ts';
import { useStarted } from '../../../fixtures/use-started.ts';
import { fillRepositories } from './filled-repositories.ts';

const backups = useStarted(() => ScriptedBackups.start());
let store: ScriptedStore;

beforeEach(async () => {
  store = await backups().store();
  fillRepositories(store, await backups().env.currentTimeMs());
  store.script('runCopy', 'db', blocked);
  Object.assign(store.log, { commits: 500, firstBad: 240 });
});

const start = (more: object = {}) =>
  backups().start('pointInTimeRecovery', store, {
    ...{ environment: store.name, database: store.name, backup: store.name },
    ...{ agent: store.name, cluster: 'main', component: 'db', repositories: ['main'] },
    check: { database: 'shop', query: 'SELECT count(*) FROM lost', expect: '0' },
    ...more,
  });

const swap = { then: 'swap', stopWrites: 'readOnly', table: 'public.orders', approvers: ['ana'] };
const ofTable = [10, 100, 240, 241, 400];

async function approved(run: ScriptedRun): Promise<ScriptedRun> {
  await run.until(({ phase }) => phase === 'awaiting-approval');
  await run.send('approve');
  return run;
}

describe('a recovery to a point in time', () => {
  it('says which set it would search from, and does nothing', async () => {
    const report = await (await start({ dryRun: true })).report();
    expect(report).toMatchObject({ outcome: 'Planned' });
    expect(report.reason).toBe('db-1 would be searched from its end on');
    const shown = (report.steps ?? []).flatMap(({ evidence }) =>
      evidence.map(({ value }) => value),
    );
    expect(shown).toEqual([
      expect.stringContaining('db-1, full'),
      'from 000000010000000000000002 to 000000010000000000000009',
      expect.stringContaining('nothing was restored yet'),
    ]);
    expect(store.acts).toEqual([]);
    expect(store.permits).toEqual([]);
  });

  it('finds a transaction that stands out with two questions, and restores to just before it', async () => {
    Object.assign(store.log, { ofTable, standout: 240 });
    const report = await (await start({ table: 'public.orders' })).report();
    expect(report).toMatchObject({ outcome: 'Restored' });
    expect(report.reason).toContain('just before transaction 940 at 1970-01-01T00:04:00.000Z');
    expect(report.details.search).toMatchObject({
      ...{ commits: 500, touching: 5, probes: 2, copies: 1 },
      ...{ lastGood: { ordinal: 239 }, firstBad: { ordinal: 240, xid: '940', lsn: '0/F0' } },
      loss: { transactions: 261 },
    });
    expect(report.details.restored).toMatchObject([
      { target: { kind: 'lsn', lsn: '0/F0', exclusive: true } },
    ]);
    expect(store.acts).toEqual([
      ...['endLog db -', 'restoreSet db db-1 copy', 'readHistory db -'],
      ...['searchCopy db -', 'removeCopy db -'],
      ...['restoreSet db db-1 copy', 'runCopy db'],
      ...['assertCopy db sql sequences structure', 'assertCopy db checksums'],
    ]);
    // What was restored stays.
    expect(store.copies.size).toBe(1);
    // Nothing else of the database is touched.
    expect(store.permits[0]?.scopes).toEqual([{ of: 'repository', name: 'main' }]);
  });

  describe('that exports what was written since', () => {
    const exported = { export: { tables: ['public.orders'] } };
    const standsOut = { ofTable, standout: 240 };

    it('does so once the loss was approved, before the database is stopped', async () => {
      Object.assign(store.log, standsOut);
      const run = await start({ ...swap, ...exported });
      await run.until(({ phase }) => phase === 'awaiting-approval');
      expect(store.acts).not.toContain('exportRows db since 940');
      await run.send('approve');
      const report = await run.report();
      expect(report.outcome).toBe('Recovered');
      const ordered = store.acts.filter((act) => /^(exportRows|stopServer|swapIn)/.test(act));
      expect(ordered).toEqual(['exportRows db since 940', 'stopServer db -', 'swapIn db -']);
      expect(report.details.search?.exported).toMatchObject({
        ...{ folder: '/scratch/exports/one', tables: [{ table: 'public.orders', rows: 55 }] },
      });
      expect(report.notes.join()).toContain('55 rows that were written since are in /scratch');
    });

    it('does so beside, too, where the database stays as it is', async () => {
      Object.assign(store.log, standsOut);
      const report = await (await start({ table: 'public.orders', ...exported })).report();
      expect(report.outcome).toBe('Restored');
      expect(store.acts.at(-1)).toBe('exportRows db since 940');
    });

    it('goes on without it where it fails: the former data folder has them', async () => {
      Object.assign(store.log, standsOut);
      store.script('exportRows', 'db', refused('rows are more than 1024 MiB'));
      const report = await (await approved(await start({ ...swap, ...exported }))).report();
      expect(report.outcome).toBe('Recovered');
      expect(report.notes.join()).toContain('were not exported: rows are more than 1024 MiB');
      expect(report.details.search?.exported).toBeUndefined();
    });

    it('is refused with every problem before anything is done', async () => {
      store.script('examineExport', 'db', { problems: ['there is no table public.orders'] });
      const refusal = await (await start({ ...swap, ...exported, set: 'none' })).refusal();
      expect(refusal).toContain('export: there is no table public.orders');
      expect(refusal).toContain('none');
      expect(store.acts).toEqual([]);
    });

    it('is swapped back by an abort during it, and nothing was stopped', async () => {
      Object.assign(store.log, standsOut);
      store.script('exportRows', 'db', blocked);
      const run = await approved(await start({ ...swap, ...exported }));
      await run.until(() => store.acts.includes('exportRows db since 940'));
      await run.send('abort');
      expect((await run.report()).outcome).toBe('Aborted');
      expect(store.acts).not.toContain('stopServer db -');
      expect(store.log.isHeld).toBe(false);
    });
  });

  it.each([
    ['holds at the end of the log', { firstBad: Infinity }, 'NothingWrong', 'transaction 1200'],
    ['did not hold at the beginning', { firstBad: 0 }, 'WrongFromTheBeginning', 'an earlier set'],
    ['held, and nothing was committed', { commits: 0 }, 'NothingWrong', 'the end of the set'],
  ])('ends where the check %s', async (_, log, outcome, why) => {
    Object.assign(store.log, log);
    const report = await (await start({ stopWrites: 'readOnly' })).report();
    expect(report.outcome).toBe(outcome);
    expect(report.reason).toContain(why);
    expect(store.copies.size).toBe(0);
    expect(store.log.isHeld).toBe(false);
    const event = outcome === 'NothingWrong' ? 'succeeded' : 'failed';
    expect(store.notifications.at(-1)).toMatchObject({ event });
  });

  it('holds the writes, shows the loss, swaps once that was approved, and asks again there', async () => {
    Object.assign(store.log, { ofTable, standout: 240 });
    const run = await start(swap);
    const { now } = await run.until(({ phase }) => phase === 'awaiting-approval');
    expect(now).toMatch(/to go back .*, to before transaction 940 at/);
    expect(now).toContain('261 transactions');
    expect(now).toContain('210 rows of public.orders');
    expect(store.log.isHeld).toBe(true);
    expect(store.acts).not.toContain('stopServer db -');
    const report = await (await approved(run)).report();
    expect(report, report.reason).toMatchObject({ outcome: 'Recovered', undo: [] });
    expect(store.acts.slice(store.acts.indexOf('assertCopy db checksums') + 1)).toEqual([
      ...['removeCopy db -', 'restoreSet db db-1 next', 'stopServer db -', 'swapIn db -'],
      ...['startServer db -', 'writeMark db -', 'askCheck db in place', 'keepReplaced db -'],
    ]);
    expect(store.acts[0]).toBe('holdWrites db -');
    expect(store.copies.size).toBe(0);
    expect(report.notes.join()).toContain('rejoin each');
    // As a worker that takes the run over from one that has died.
    const [history, workflowBundle] = await Promise.all([
      run.handle.fetchHistory(),
      builtWorkflows(),
    ]);
    const options = { workflowBundle, sinks: untracedWorkflows };
    await Worker.runReplayHistory(options, history, run.handle.workflowId);
    expect(store.permits[0]?.scopes).toEqual([
      { of: 'database', name: 'main' },
      { of: 'database', name: store.name },
      { of: 'repository', name: 'main' },
    ]);
  });

  it('releases the writes, and removes the copies, where the loss is rejected', async () => {
    const run = await start(swap);
    await run.until(({ phase }) => phase === 'awaiting-approval');
    await run.send('reject');
    expect((await run.report()).outcome).toBe('Aborted');
    expect(store.acts.at(-1)).toBe('releaseWrites db -');
    expect(store.log.isHeld).toBe(false);
    expect(store.copies.size).toBe(0);
    expect(store.acts).not.toContain('stopServer db -');
  });

  it('leaves the writes held where somebody held them before it, and says so', async () => {
    store.log.isHeld = true;
    const run = await start(swap);
    await run.until(({ phase }) => phase === 'awaiting-approval');
    await run.send('reject');
    const report = await run.report();
    expect(report).toMatchObject({ outcome: 'Aborted' });
    expect(store.acts).not.toContain('releaseWrites db -');
    expect(store.log.isHeld).toBe(true);
    expect(report.notes.join()).toContain('were held before this run');
  });

  it.each([
    ['restoreSet', refused('the disk is full')],
    ['readHistory', refused('segment 3 is not in the repository any more')],
    ['searchCopy', refused('the role may become postgres')],
    [
      'searchCopy',
      {
        asked: 1,
        costs: { askMs: 1, backMs: 1 },
        silent: { commits: 0, seen: 'no relation "lost"' },
      },
    ],
    ['inspectCopy', { state: 'failed', detail: 'recovery ended before its target' }],
    ['weighLoss', refused('the index is gone')],
    ['assertCopy', [{ name: 'check', passed: false, seen: '5', expected: '0' }]],
    ['endLog', refused('the archiver fails')],
    ['holdWrites', refused('sessions stay')],
  ] as const)('puts all back where %s fails', async (name, answer) => {
    store.script(name, 'db', answer as never);
    const report = await (await start(swap)).report();
    expect(report, report.reason).toMatchObject({ outcome: 'Failed' });
    expect(store.log.isHeld).toBe(false);
    expect(store.acts.at(-1)).toBe('releaseWrites db -');
    expect(store.copies.size).toBe(0);
    expect(store.places.get('db')?.isReplaced ?? false).toBe(false);
  });

  it('swaps back where the check does not hold in the place of the database', async () => {
    const run = await start(swap);
    await run.until(({ phase }) => phase === 'awaiting-approval');
    store.script('askCheck', 'db', { kind: 'answer', seen: '5' });
    const report = await (await approved(run)).report();
    expect(report.outcome).toBe('Failed');
    expect(report.reason).toBe('the check does not hold in the place of db: 5');
    expect(store.places.get('db')).toEqual({ isReplaced: false, running: true });
    expect(store.log.isHeld).toBe(false);
  });

  it('is refused with every reason before anything is done', async () => {
    store.source['db'] = {
      database: { version: '15.18', role: 'primary', running: false },
    };
    store.script('examinePlace', 'db', {
      ...{ refusals: ['no service'], remarks: [], running: false },
    });
    const refusal = await (await start({ ...swap, set: 'db-9' })).refusal();
    expect(refusal).toContain('there is no set db-9');
    expect(refusal).toContain('its server does not run');
    expect(refusal).toContain('no service');
    expect(store.acts).toEqual([]);
  });

  it('stops no writes of a server that Patroni is in charge of: another member would take them', async () => {
    store.source['db'] = {
      database: { version: '15.18', role: 'primary', running: true, managedBy: 'its file' },
    };
    const refusal = await (await start({ stopWrites: 'readOnly' })).refusal();
    expect(refusal).toContain('Patroni is in charge of it (its file)');
    expect(refusal).toContain('leave stopWrites out');
    expect(store.acts).toEqual([]);
  });
});
