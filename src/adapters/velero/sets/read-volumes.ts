import type { KubernetesObject } from '../../kubernetes-api/dynamic/api-resource.ts';
import { ofDataMove, ofPodVolume, type VolumeData } from '../judge/volume-data.ts';
import { dataDownloads, dataUploads, podVolumeBackups, podVolumeRestores } from '../kinds.ts';
import type { DataMoveObject, PodVolumeObject } from '../objects.ts';
import type { Velero } from '../settings.ts';

type OfWork = 'velero.io/backup-name' | 'velero.io/restore-name';

/** What became of the data of each volume of one backup. */
export function volumesOfBackup(velero: Velero, name: string): Promise<VolumeData[]> {
  return readVolumes(velero, { 'velero.io/backup-name': name });
}

export function volumesOfRestore(velero: Velero, name: string): Promise<VolumeData[]> {
  return readVolumes(velero, { 'velero.io/restore-name': name });
}

/** Of all backups, by their names. */
export async function volumesOfBackups(velero: Velero): Promise<Map<string, VolumeData[]>> {
  const found = new Map<string, VolumeData[]>();
  for (const { metadata, data } of await listVolumes(velero, {}, 'velero.io/backup-name')) {
    const name = metadata.labels?.['velero.io/backup-name'];
    if (name !== undefined) found.set(name, [...(found.get(name) ?? []), data]);
  }
  return found;
}

async function readVolumes(
  velero: Velero,
  labels: Partial<Record<OfWork, string>>,
): Promise<VolumeData[]> {
  const of = 'velero.io/backup-name' in labels ? 'velero.io/backup-name' : 'velero.io/restore-name';
  return (await listVolumes(velero, labels, of)).map(({ data }) => data);
}

async function listVolumes(
  { api, namespace }: Velero,
  labels: Readonly<Record<string, string>>,
  of: OfWork,
): Promise<{ metadata: KubernetesObject['metadata']; data: VolumeData }[]> {
  const isBackup = of === 'velero.io/backup-name';
  const [files, moves] = await Promise.all([
    api.list(isBackup ? podVolumeBackups : podVolumeRestores, namespace, labels),
    api.list(isBackup ? dataUploads : dataDownloads, namespace, labels),
  ]);
  return [
    ...files.map((one) => ({ metadata: one.metadata, data: ofPodVolume(one as PodVolumeObject) })),
    ...moves.map((one) => ({ metadata: one.metadata, data: ofDataMove(one as DataMoveObject) })),
  ];
}
