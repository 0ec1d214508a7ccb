import type { RepositoryContents } from '../../../contracts/backups/backup-set.ts';
import type { RepositoryCall } from '../../../contracts/backups/store.ts';
import { backups } from '../kinds.ts';
import { hasEnded } from '../judge/judge-work.ts';
import { isOf, marksOf } from '../names.ts';
import type { BackupObject } from '../objects.ts';
import type { Velero } from '../settings.ts';
import { asSet } from './as-set.ts';
import { requireLocation } from './locations.ts';
import { volumesOfBackups } from './read-volumes.ts';

/** The sets of a component in one storage location. Velero makes those of others known by itself. */
export async function readSets(
  velero: Velero,
  { repository, plan, component }: Pick<RepositoryCall, 'repository' | 'plan' | 'component'>,
): Promise<RepositoryContents> {
  const location = await requireLocation(velero, repository, 'read');
  const [all, volumes] = await Promise.all([
    velero.api.list(backups, velero.namespace, {}) as Promise<BackupObject[]>,
    volumesOfBackups(velero),
  ]);
  const nowMs = Date.now();
  const stored = all.filter(({ spec }) => spec?.storageLocation === repository);
  const isOurs = (backup: BackupObject) => isOf(marksOf(backup), { plan, component });
  const sets = stored
    .filter((backup) => isOurs(backup) && isSet(backup))
    .map((backup) => asSet(backup, volumes.get(backup.metadata.name) ?? [], { repository, nowMs }))
    .toSorted((one, other) => one.startedAtMs - other.startedAtMs);
  return {
    ...{ repository, readAtMs: nowMs, sets },
    foreign: stored.filter((backup) => !isOurs(backup)).map(({ metadata: { name } }) => name),
    problems: location.spec?.accessMode === 'ReadOnly' ? ['it is read-only'] : [],
  };
}

/** One that waits in the queue has nothing in the location yet, and no time of its own. */
function isSet({ status = {} }: BackupObject): boolean {
  return status.startTimestamp !== undefined || hasEnded(status);
}
