import type { KubernetesObject } from '../kubernetes-api/dynamic/api-resource.ts';
import { follow } from './follow.ts';
import {
  backups,
  dataDownloads,
  dataUploads,
  podVolumeBackups,
  podVolumeRestores,
} from './kinds.ts';
import { fieldManager } from './requests.ts';
import { deleteSet } from './delete-set.ts';
import { volumesOfBackup } from './sets/read-volumes.ts';
import type { Velero } from './settings.ts';

const endedWithinMs = 120_000;

/**
 * Ends a backup that nobody wants any more, and removes it. Velero removes none that is under way:
 * the data movers are told to stop, which ends it.
 */
export async function abandonSet(velero: Velero, name: string, cancelled: AbortSignal) {
  const there = await velero.api.get(backups, velero.namespace, name);
  if (there === undefined) return;
  await cancelVolumes(velero, { 'velero.io/backup-name': name });
  await follow(velero, {
    ...{ resource: backups, name, withinMs: endedWithinMs, cancelled },
    readVolumes: () => volumesOfBackup(velero, name),
  });
  await deleteSet(velero, name, `abandon/${name}`, cancelled);
}

/** Of a backup or a restore: what moves data ends. */
export async function cancelVolumes(
  { api, namespace }: Velero,
  labels: Readonly<Record<string, string>>,
): Promise<void> {
  const isBackup = 'velero.io/backup-name' in labels;
  const kinds = isBackup ? [podVolumeBackups, dataUploads] : [podVolumeRestores, dataDownloads];
  for (const resource of kinds) {
    for (const { apiVersion, kind, metadata, ...rest } of await api.list(
      resource,
      namespace,
      labels,
    )) {
      const { phase = 'New' } = (rest['status'] ?? {}) as { phase?: string };
      if (['Completed', 'Failed', 'Canceled'].includes(phase)) continue;
      const { name } = metadata;
      const asked: KubernetesObject = {
        apiVersion,
        kind,
        metadata: { name, namespace },
        spec: { cancel: true },
      };
      await api.apply(resource, asked, { fieldManager, dryRun: false });
    }
  }
}
