import { blocked, damaged, exited, refused } from '../fixtures/scripted-store.ts';
import {
  approved,
  database,
  givenDatabase,
  givenFiles,
  hourMs,
  onBackupStage,
} from './backup-stage.ts';

const hooks = {
  before: { command: 'flush' },
  freeze: { command: 'hold', for: '10m' },
  after: { command: 'resume' },
};

/** Of each kind of backup: runs that succeed, and runs that do not. */
export const backupScenarios = onBackupStage({
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
  'backup-that-waits-for-another-run': (store, { backUp }) => {
    const inTheWay = { type: 'PermitRefused', reason: 'a retention of shop has files' } as const;
    const answers = [{ granted: false, ...inTheWay } as const];
    store.permit = () => answers.shift() ?? { granted: true, notes: [] };
    return backUp();
  },
  'backup-that-is-frozen': async (store, { backUp }) => {
    store.permit = () => ({ granted: false, type: 'Frozen', reason: 'frozen by ana' });
    const run = await backUp();
    await run.refusal();
    return run.handle.workflowId;
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
  'restore-to-a-moment': (store, { start }) => {
    givenDatabase(store);
    store.script('runCopy', 'db', blocked);
    const to = new Date(Date.now() - hourMs).toISOString();
    return start('restore', { to, component: 'db', repository: 'main' });
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
});
