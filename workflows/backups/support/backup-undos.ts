import type { UndoTable } from '../../kernel/undos.ts';
import type { BackupsRun, BackupUndos } from './backups-run.ts';
import { revertFreeze, runHook } from './hooks.ts';
import { putDatabaseBack } from './restore-database-in-place.ts';

export function undosOf<Spec>(run: BackupsRun<Spec>): UndoTable {
  const undos: BackupUndos = {
    revertFreeze: async (agent, lease) => {
      await revertFreeze(run, { agent, lease });
    },
    runHook: async (hook) => {
      await runHook(run, hook);
    },
    removeCopy: async (agent, component, copy) => {
      await run.store(component, agent).removeCopy(copy);
    },
    putBack: async (component, repository, label) => {
      const store = run.store(component);
      await store.restoreSet({
        ...{ act: store.nextStep(), repository, label },
        ...{ target: { kind: 'set' }, into: { kind: 'place' }, keepForMs: 0 },
      });
    },
    releaseWrites: async (component) => {
      await run.search(component).releaseWrites();
    },
    resumeClients: async (agent, router) => {
      await run.clients({ agent, router }).resume();
    },
    putDatabaseBack: (component, place, wasRunning) =>
      putDatabaseBack(run, { component, place }, wasRunning),
  };
  return { ...undos };
}
