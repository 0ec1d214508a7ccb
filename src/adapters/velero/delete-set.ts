import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubernetesObject } from '../kubernetes-api/dynamic/api-resource.ts';
import { backups, deletions } from './kinds.ts';
import { fieldManager } from './requests.ts';
import type { Velero } from './settings.ts';

interface DeletionObject extends KubernetesObject {
  status?: { phase?: string; errors?: readonly string[] };
}

/** Of one set. Velero gives its restores a minute, and its plugins more. */
const goneWithinMs = 10 * 60_000;
const everyMs = 1_000;

/**
 * Has Velero remove a set, with everything that the location has of it; returns why it is still
 * there, or undefined once it is gone.
 */
export async function deleteSet(
  { api, namespace }: Velero,
  backup: string,
  act: string,
  cancelled: AbortSignal,
): Promise<string | undefined> {
  const there = await api.get(backups, namespace, backup);
  if (there === undefined) return undefined;
  const hash = createHash('sha256').update(`${act}/${backup}`).digest('hex').slice(0, 16);
  const name = `${backup}-${hash}`;
  const labels = {
    'velero.io/backup-name': backup,
    ...(there.metadata.uid !== undefined && { 'velero.io/backup-uid': there.metadata.uid }),
  };
  const request = {
    ...{ apiVersion: 'velero.io/v1', kind: 'DeleteBackupRequest' },
    ...{ metadata: { name, namespace, labels }, spec: { backupName: backup } },
  };
  await api.apply(deletions, request, { fieldManager, dryRun: false });
  const deadlineMs = performance.now() + goneWithinMs;
  do {
    if ((await api.get(backups, namespace, backup)) === undefined) return undefined;
    const asked = (await api.get(deletions, namespace, name)) as DeletionObject | undefined;
    const { phase, errors = [] } = asked?.status ?? {};
    if (phase === 'Processed' && errors.length > 0) {
      // Asked again, the same request would not be processed again.
      if (asked) await api.remove(deletions, asked);
      return errors.join('; ');
    }
    await sleep(everyMs, undefined, { signal: cancelled });
  } while (performance.now() < deadlineMs);
  return `Velero has not removed it within ${goneWithinMs / 60_000} minutes`;
}
