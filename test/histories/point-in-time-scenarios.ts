import { ApplicationFailure } from '@temporalio/activity';
import { blocked, refused, type ScriptedStore } from '../fixtures/scripted-store.ts';
import { approved, givenDatabase, onBackupStage } from './backup-stage.ts';

const swap = { then: 'swap', stopWrites: 'readOnly', table: 'public.orders', approvers: ['ana'] };

/** Its 240th transaction is the first bad one, and stands out among those of its table. */
function givenLoss(store: ScriptedStore): void {
  givenDatabase(store);
  store.script('runCopy', 'db', blocked);
  const ofTable = [10, 100, 240, 241, 400];
  Object.assign(store.log, { commits: 500, firstBad: 240, ofTable, standout: 240 });
}

const wantedOf = ({ name }: ScriptedStore, more: object = {}) => ({
  ...{ environment: name, database: name, backup: name, agent: name },
  ...{ cluster: 'main', component: 'db', repositories: ['main'] },
  check: { database: 'shop', query: 'SELECT count(*) FROM lost', expect: '0' },
  ...more,
});

/** Recoveries to just before what went wrong. */
export const pointInTimeScenarios = onBackupStage({
  'point-in-time-that-is-found': (store, { startAlone }) => {
    givenLoss(store);
    return startAlone('pointInTimeRecovery', wantedOf(store, { table: 'public.orders' }));
  },
  'point-in-time-whose-copy-goes-back': (store, { startAlone }) => {
    givenLoss(store);
    Object.assign(store.log, {
      commits: 10_000,
      firstBad: 9_137,
      ofTable: [],
      standout: undefined,
    });
    return startAlone('pointInTimeRecovery', wantedOf(store));
  },
  'point-in-time-whose-agent-is-older': (store, { startAlone }) => {
    givenLoss(store);
    const unknown = ApplicationFailure.nonRetryable('no such activity', 'NotFoundError');
    store.script('searchCopy', 'db', unknown);
    return startAlone('pointInTimeRecovery', wantedOf(store));
  },
  'point-in-time-that-is-swapped-in': async (store, { startAlone }) => {
    givenLoss(store);
    return approved(await startAlone('pointInTimeRecovery', wantedOf(store, swap)));
  },
  'point-in-time-that-exports-what-was-written-since': async (store, { startAlone }) => {
    givenLoss(store);
    const wanted = wantedOf(store, { ...swap, export: { tables: ['public.orders'] } });
    return approved(await startAlone('pointInTimeRecovery', wanted));
  },
  'point-in-time-whose-clients-wait': async (store, { startAlone }) => {
    givenLoss(store);
    store.source['db'] = { ...store.source['db'], identity: '7' };
    const { stopWrites: _, ...rest } = swap;
    const pause = { agent: store.name, router: 'shop' };
    const wanted = wantedOf(store, { ...rest, stopWrites: 'pause', pause });
    store.script('resumeRoute', 'shop', refused('its console does not answer'), undefined);
    return approved(await startAlone('pointInTimeRecovery', wanted));
  },
  'point-in-time-whose-loss-is-rejected': async (store, { startAlone }) => {
    givenLoss(store);
    const run = await startAlone('pointInTimeRecovery', wantedOf(store, swap));
    await run.until(({ phase }) => phase === 'awaiting-approval');
    await run.send('reject');
    return run;
  },
  'point-in-time-that-is-swapped-back': async (store, { startAlone }) => {
    givenLoss(store);
    const run = await startAlone('pointInTimeRecovery', wantedOf(store, swap));
    await run.until(({ phase }) => phase === 'awaiting-approval');
    store.script('askCheck', 'db', { kind: 'answer', seen: '5' });
    return approved(run);
  },
});
