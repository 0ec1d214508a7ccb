import type { BackupKind } from '../../src/kinds/workflow-types.ts';
import { ScriptedBackups, type ScriptedRun } from '../fixtures/scripted-backups.ts';
import {
  blocked,
  damaged,
  exited,
  refused,
  setOf,
  type ScriptedStore,
} from '../fixtures/scripted-store.ts';
import { onStage } from './scenario.ts';

const hourMs = 3_600_000;
const database = {
  ...({ version: '15.18', role: 'primary', running: true } as const),
  at: { timeline: 1, segment: '000000010000000000000003', lsn: '0/3000028' },
};
const hooks = {
  before: { command: 'flush' },
  freeze: { command: 'hold', for: '10m' },
  after: { command: 'resume' },
};

/** Sets of files, so many hours old. */
function givenFiles(store: ScriptedStore, ...hours: number[]): void {
  for (const each of hours) {
    const atMs = Date.now() - each * hourMs;
    const times = { startedAtMs: atMs, stoppedAtMs: atMs, repository: 'files' };
    store.setsIn('files').push(setOf(`files-${each}`, times));
  }
}

/** A database with one set, and log until a second ago. */
function givenDatabase(store: ScriptedStore): void {
  const atMs = Date.now() - 2 * hourMs;
  const times = { startedAtMs: atMs, stoppedAtMs: atMs + 1_000 };
  const at = { timeline: 1, segment: '000000010000000000000002', lsn: '0/2000028' };
  const wal = { start: at, stop: { ...at, lsn: '0/2000100' } };
  store.setsIn('main').push(setOf('db-1', { ...times, wal, madeBy: 'run-0/1' }));
  const range = { timeline: 1, first: '000000010000000000000001', segments: 9, bytes: 9 };
  const last = '000000010000000000000009';
  store.contents['main'] = {
    wal: [{ ...range, last, firstAtMs: atMs, lastAtMs: Date.now() - 1_000 }],
  };
  store.source['db'] = { database };
}

type Play = (store: ScriptedStore, given: Given) => Promise<ScriptedRun>;

interface Given {
  /** Starts a kind that carries the plan in its spec. */
  start(kind: BackupKind, spec?: object, plan?: object): Promise<ScriptedRun>;
  /** Starts a backup. */
  backUp(plan?: object): Promise<ScriptedRun>;
}

async function approved(run: ScriptedRun): Promise<ScriptedRun> {
  await run.until(({ phase }) => phase === 'awaiting-approval');
  await run.send('approve');
  return run;
}

const plays: Record<string, Play> = {
  'backup-with-hooks-verified-and-replicated': (store, { backUp }) => {
    store.source['db'] = { database };
    return backUp({ hooks, verify: {}, replicateTo: { uploads: 'cold' } });
  },
  'backup-aborted-while-frozen': async (store, { backUp }) => {
    store.script('makeSet', 'db', undefined, blocked);
    const run = await backUp({ hooks });
    await run.until(() => store.acts.includes('makeSet db offsite full'));
    await run.send('abort');
    return run;
  },
  'backup-whose-freeze-stays': async (store, { backUp }) => {
    store.script('revertLease', '*', { why: 'asked', revert: exited(1, 'still busy') });
    const run = await backUp({ hooks });
    await run.until(({ phase }) => phase === 'undo-failed');
    await run.send('giveUp');
    return run;
  },
  'backup-while-the-ledger-was-away': (store, { backUp }) => {
    store.ledgerFailure = new Error('the ledger is away');
    return backUp();
  },
  'verification-of-sound-sets': (store, { start }) => {
    givenFiles(store, 2, 1);
    return start('backupVerification', { component: 'uploads' });
  },
  'verification-that-finds-damage': (store, { start }) => {
    givenFiles(store, 2, 1);
    store.script('checkSet', 'uploads', damaged('files-1'));
    store.script('readRepository', 'db', refused('wrong passphrase'));
    return start('backupVerification');
  },
  'retention-that-expires': (store, { start }) => {
    givenFiles(store, 2_000, 1_000, 1);
    return start('backupRetention', { component: 'uploads' }, { retention: { age: '30d' } });
  },
  'retention-that-fails': (store, { start }) => {
    givenFiles(store, 2_000, 1);
    store.script('expireSets', 'uploads', refused('the repository is locked'));
    return start('backupRetention', { component: 'uploads' }, { retention: { age: '30d' } });
  },
  'replication-of-what-is-missing': (store, { start }) => {
    givenFiles(store, 2, 1);
    return start('backupReplication', {}, { replicateTo: { uploads: 'cold' } });
  },
  'replication-that-fails': (store, { start }) => {
    givenFiles(store, 2, 1);
    store.script('copySet', 'uploads', refused('the disk is full'));
    return start('backupReplication', {}, { replicateTo: { uploads: 'cold' } });
  },
  'restore-of-a-database': (store, { start }) => {
    givenDatabase(store);
    store.script('runCopy', 'db', blocked);
    return start('restore', { component: 'db', repository: 'main' });
  },
  'restore-in-place-of-a-database': async (store, { start }) => {
    givenDatabase(store);
    store.script('runCopy', 'db', blocked);
    const asked = { inPlace: true, stop: true, component: 'db', repository: 'main' };
    return approved(await start('restore', asked, { restore: { keepFor: '2h' } }));
  },
  'restore-in-place-of-files': async (store, { start }) => {
    givenFiles(store, 2, 1);
    return approved(await start('restore', { inPlace: true, component: 'uploads' }));
  },
  'restore-in-place-that-is-undone': async (store, { start }) => {
    givenFiles(store, 1);
    store.script('restoreSet', 'uploads', undefined, refused('the disk is full'), undefined);
    return approved(await start('restore', { inPlace: true, component: 'uploads' }));
  },
  'drill-that-proves-a-database': (store, { start }) => {
    givenDatabase(store);
    store.script('runCopy', 'db', blocked);
    const asked = { component: 'db', repository: 'main', to: 'latest' };
    return start('restoreDrill', asked, { objectives: { rpo: '15m', rto: '1h' } });
  },
  'drill-that-proves-nothing': (store, { start }) => {
    givenFiles(store, 1);
    store.script('assertCopy', 'uploads', [
      { name: 'files', passed: false, seen: 'a.txt differs', expected: 'equal' },
    ]);
    return start('restoreDrill', { component: 'uploads' });
  },
  'drill-that-is-aborted': async (store, { start }) => {
    givenFiles(store, 1);
    store.script('restoreSet', 'uploads', blocked);
    const run = await start('restoreDrill', { component: 'uploads' });
    await run.until(() => store.acts.some((act) => act.startsWith('restoreSet')));
    await run.send('abort');
    return run;
  },
};

/** Of each kind of backup: runs that succeed, and runs that do not. */
export const backupScenarios = onStage<ScriptedBackups, Play>(
  {
    open: (env) => ScriptedBackups.on(env),
    play: async (backups, play, name) => {
      const store = await backups.store(name);
      const run = await play(store, {
        start: (kind, spec = {}, plan = {}) =>
          backups.start(kind, store, { kind, plan: backups.plan(store, plan), ...spec }),
        backUp: (plan = {}) => backups.start('backup', store, backups.plan(store, plan)),
      });
      await run.report();
      return run.handle.workflowId;
    },
    close: (backups) => backups.stopWorkers(),
  },
  plays,
);
