import type { ApiResource } from '../kubernetes-api/dynamic/api-resource.ts';

const verbs: readonly string[] = [];
const core = { group: '', version: 'v1', isNamespaced: true, verbs };
const apps = { group: 'apps', version: 'v1', isNamespaced: true, verbs };
const velero = { group: 'velero.io', version: 'v1', isNamespaced: true, verbs };
const dataMover = { group: 'velero.io', version: 'v2alpha1', isNamespaced: true, verbs };

/** What is read or made in a cluster, of Kubernetes itself. */
export const namespaces: ApiResource = {
  ...{ ...core, plural: 'namespaces', kind: 'Namespace', isNamespaced: false },
};
export const claims: ApiResource = {
  ...{ ...core, plural: 'persistentvolumeclaims', kind: 'PersistentVolumeClaim' },
};
export const pods: ApiResource = { ...core, plural: 'pods', kind: 'Pod' };
export const deployments: ApiResource = { ...apps, plural: 'deployments', kind: 'Deployment' };

export const backups: ApiResource = { ...velero, plural: 'backups', kind: 'Backup' };
export const restores: ApiResource = { ...velero, plural: 'restores', kind: 'Restore' };
export const locations: ApiResource = {
  ...{ ...velero, plural: 'backupstoragelocations', kind: 'BackupStorageLocation' },
};
export const deletions: ApiResource = {
  ...{ ...velero, plural: 'deletebackuprequests', kind: 'DeleteBackupRequest' },
};
export const downloads: ApiResource = {
  ...{ ...velero, plural: 'downloadrequests', kind: 'DownloadRequest' },
};
export const statusRequests: ApiResource = {
  ...{ ...velero, plural: 'serverstatusrequests', kind: 'ServerStatusRequest' },
};
export const podVolumeBackups: ApiResource = {
  ...{ ...velero, plural: 'podvolumebackups', kind: 'PodVolumeBackup' },
};
export const podVolumeRestores: ApiResource = {
  ...{ ...velero, plural: 'podvolumerestores', kind: 'PodVolumeRestore' },
};
export const dataUploads: ApiResource = {
  ...{ ...dataMover, plural: 'datauploads', kind: 'DataUpload' },
};
export const dataDownloads: ApiResource = {
  ...{ ...dataMover, plural: 'datadownloads', kind: 'DataDownload' },
};

/** All that a backup and its restore need: an older Velero lacks some. */
export const needed: readonly ApiResource[] = [
  ...[backups, restores, locations, deletions, downloads, statusRequests],
  ...[podVolumeBackups, podVolumeRestores, dataUploads, dataDownloads],
];
