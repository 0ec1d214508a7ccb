import type { ExpiredSets, ExpireSetsCall } from '../../contracts/backups/store.ts';
import { AgentError } from '../../contracts/kernel/agent-host.ts';
import { deleteSet } from './delete-set.ts';
import { backups } from './kinds.ts';
import { isOf, marksOf } from './names.ts';
import type { BackupObject } from './objects.ts';
import { requireLocation } from './sets/locations.ts';
import type { Velero } from './settings.ts';

/** Nothing is asked of a location that is gone: Velero would try for ever. */
export async function expireSets(
  velero: Velero,
  call: ExpireSetsCall,
  cancelled: AbortSignal,
): Promise<ExpiredSets> {
  const { act, repository, labels } = call;
  await requireLocation(velero, repository, 'write');
  const gone: string[] = [];
  const failures: string[] = [];
  for (const label of labels) {
    const there = (await velero.api.get(backups, velero.namespace, label)) as
      BackupObject | undefined;
    const isOurs = there === undefined || isOf(marksOf(there), call);
    const isThere = there === undefined || there.spec?.storageLocation === repository;
    const why = !isOurs
      ? 'it is of another plan'
      : isThere
        ? await deleteSet(velero, label, `${act.runRef}/${act.step}`, cancelled)
        : `it is in ${there.spec?.storageLocation ?? 'no location'}`;
    if (why === undefined) gone.push(label);
    else failures.push(`${label}: ${why}`);
  }
  if (gone.length === 0 && failures.length > 0)
    throw new AgentError('refused', failures.join('; '));
  return { gone };
}
