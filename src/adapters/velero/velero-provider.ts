import { existsSync } from 'node:fs';
import { packageVersion } from '../../config/package-version.ts';
import type { BackupProvider } from '../../contracts/backups/provider.ts';
import type { StoreCall } from '../../contracts/backups/store.ts';
import { AgentError, type Attempt } from '../../contracts/kernel/agent-host.ts';
import { onCluster } from '../kubernetes-objects/cluster.ts';
import { abandonSet } from './abandon.ts';
import { checkSet } from './check-set.ts';
import { expireSets } from './expire-sets.ts';
import { examineVelero } from './installation/examine-installation.ts';
import { makeSet } from './make-set.ts';
import { nameOfSet } from './names.ts';
import { assertVolumes } from './restore/assert-copy.ts';
import { removeCopy } from './restore/remove-copy.ts';
import { readRecord } from './restore/restore-record.ts';
import { restoreSet } from './restore/restore-set.ts';
import { readSets } from './sets/read-sets.ts';
import { volumesOf, type Velero, type VeleroSettings } from './settings.ts';

const abandonedWithinMs = 5 * 60_000;

/** Volumes of a Kubernetes cluster, by its own Velero: Belay asks for backups, and judges what came of them. */
export function createVeleroProvider({ access, velero }: VeleroSettings): BackupProvider {
  const version = packageVersion();
  const at = <T>(
    context: string | undefined,
    attempt: Attempt,
    work: (velero: Velero, cancelled: AbortSignal) => Promise<T>,
  ): Promise<T> => {
    if (velero === undefined) {
      throw new AgentError('refused', 'the agent’s settings have no `velero`');
    }
    const { namespace } = velero;
    let detail: string | undefined;
    const report = (now: string) => {
      detail = now;
    };
    const reporting: Attempt = {
      ...attempt,
      onProgress: (progress) =>
        attempt.onProgress({ ...progress, ...(detail !== undefined && { detail }) }),
    };
    const cancelled = AbortSignal.any([attempt.cancelled, attempt.leaving]);
    return onCluster({ access, context, version }, reporting, (api) =>
      work({ api, namespace, report }, cancelled),
    );
  };
  const on = <T>(
    { component }: Pick<StoreCall, 'component'>,
    attempt: Attempt,
    work: (velero: Velero, cancelled: AbortSignal) => Promise<T>,
  ) => at(volumesOf(component).context, attempt, work);
  return {
    examineSource: (call, attempt) => on(call, attempt, (one) => examineVelero(one, call)),
    readRepository: (call, attempt) => on(call, attempt, (one) => readSets(one, call)),
    makeSet: async (call, attempt) => {
      try {
        return await on(call, attempt, (one, cancelled) => makeSet(one, call, cancelled));
      } catch (error) {
        if (!attempt.cancelled.aborted) throw error;
        const name = nameOfSet(call);
        await on(call, afterwards(attempt), (one, over) => abandonSet(one, name, over));
        throw new AgentError('refused', `the backup was cancelled, and ${name} is removed`);
      }
    },
    checkSet: (call, attempt) =>
      on(call, attempt, (one, cancelled) => checkSet(one, call, cancelled)),
    expireSets: (call, attempt) =>
      on(call, attempt, (one, cancelled) => expireSets(one, call, cancelled)),
    copySet: () => Promise.reject(notOfVolumes('are not copied: name both under repositories')),
    restoreSet: (call, attempt) => {
      const { folder } = call;
      return on(call, attempt, (one, cancelled) => restoreSet(one, { call, folder }, cancelled));
    },
    assertCopy: async (call, attempt) => {
      const record = await readRecord(call.folder);
      if (record === undefined) throw notOfVolumes(`of ${call.copy} were never restored`);
      const { withinMs } = volumesOf(call.component);
      return at(record.context, attempt, (one, cancelled) =>
        assertVolumes(one, { ...call, record, reader: velero?.reader, withinMs, cancelled }),
      );
    },
    removeCopy: async ({ folder }, attempt) => {
      const record = await readRecord(folder);
      if (record === undefined) return { removed: existsSync(folder) };
      await at(record.context, attempt, (one) => removeCopy(one, record));
      return { removed: true };
    },
    inspectCopy: () =>
      Promise.resolve({ state: 'stopped', detail: 'volumes are used by pods of their cluster' }),
    runCopy: () => Promise.reject(notOfVolumes('are used by pods of their cluster')),
    writeMark: () => Promise.reject(notOfVolumes('have no marks: their bytes are counted')),
  };
}

/** What a cancelled act has made is removed all the same, within bounds. */
function afterwards({ leaving, onProgress }: Attempt): Attempt {
  return { cancelled: AbortSignal.timeout(abandonedWithinMs), leaving, onProgress };
}

function notOfVolumes(what: string): AgentError {
  return new AgentError('refused', `volumes ${what}`);
}
