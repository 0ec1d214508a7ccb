import { refused, setOf, type ScriptedStore } from '../fixtures/scripted-store.ts';
import { approved, hourMs, onBackupStage } from './backup-stage.ts';

const plan = {
  components: {
    data: { volumes: { namespaces: ['shop'], within: '2h' }, repositories: ['velero'] },
  },
};

function givenVolumes(store: ScriptedStore, ...hours: number[]): void {
  for (const each of hours) {
    const atMs = Date.now() - each * hourMs;
    const times = { startedAtMs: atMs, stoppedAtMs: atMs, repository: 'velero' };
    store.setsIn('velero').push(setOf(`volumes-${each}`, times));
  }
}

/** Volumes, by the Velero of a cluster. */
export const volumeScenarios = onBackupStage({
  'backup-of-volumes': (_, { backUp }) => backUp({ ...plan, verify: { extent: 'all' } }),
  'backup-of-volumes-that-is-not-whole': (store, { backUp }) => {
    store.script('makeSet', 'data', refused('the data of claim shop/orders is not in it'));
    return backUp(plan);
  },
  'restore-of-volumes-into-a-namespace': async (store, { start }) => {
    givenVolumes(store, 2, 1);
    return approved(await start('restore', { intoNamespaces: { shop: 'shop-2' } }, plan));
  },
  'drill-of-volumes': (store, { start }) => {
    givenVolumes(store, 1);
    return start('restoreDrill', {}, plan);
  },
  'retention-of-volumes': (store, { start }) => {
    givenVolumes(store, 2_000, 1_000, 1);
    return start('backupRetention', {}, { ...plan, retention: { age: '30d' } });
  },
});
