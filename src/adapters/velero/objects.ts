/** The part that is read of what Velero and Kubernetes write. */
import type { KubernetesObject } from '../kubernetes-api/dynamic/api-resource.ts';

interface Progress {
  totalItems?: number;
  itemsBackedUp?: number;
  itemsRestored?: number;
}

/** Of a Backup or a Restore. */
export interface WorkStatus {
  /** Absent: the server has not taken it up. */
  phase?: string;
  validationErrors?: readonly string[];
  failureReason?: string;
  errors?: number;
  warnings?: number;
  progress?: Progress;
  queuePosition?: number;
  startTimestamp?: string;
  completionTimestamp?: string;
  expiration?: string;
  hookStatus?: { hooksAttempted?: number; hooksFailed?: number };
  backupItemOperationsAttempted?: number;
  backupItemOperationsCompleted?: number;
  backupItemOperationsFailed?: number;
  restoreItemOperationsAttempted?: number;
  restoreItemOperationsCompleted?: number;
  restoreItemOperationsFailed?: number;
}

export interface BackupObject extends KubernetesObject {
  spec?: { storageLocation?: string; includedNamespaces?: readonly string[] };
  status?: WorkStatus;
}

export interface RestoreObject extends KubernetesObject {
  status?: WorkStatus;
}

/** Of a PodVolumeBackup, a PodVolumeRestore, a DataUpload or a DataDownload. */
export interface DataStatus {
  phase?: string;
  message?: string;
  snapshotID?: string;
  node?: string;
  incrementalBytes?: number;
  progress?: { totalBytes?: number; bytesDone?: number };
}

export interface PodVolumeObject extends KubernetesObject {
  spec?: {
    volume?: string;
    node?: string;
    pod?: { namespace?: string; name?: string };
  };
  status?: DataStatus;
}

export interface DataMoveObject extends KubernetesObject {
  spec?: {
    sourceNamespace?: string;
    sourcePVC?: string;
    targetVolume?: { pvc?: string; namespace?: string };
  };
  status?: DataStatus;
}

export interface LocationObject extends KubernetesObject {
  spec?: { accessMode?: string };
  status?: { phase?: string; message?: string; lastValidationTime?: string };
}

export interface ClaimObject extends KubernetesObject {
  spec?: { volumeMode?: string };
  status?: { phase?: string };
}

interface ReadsSecret {
  env?: readonly { valueFrom?: { secretKeyRef?: { name?: string; optional?: boolean } } }[];
  envFrom?: readonly { secretRef?: { name?: string; optional?: boolean } }[];
}

export interface PodObject extends KubernetesObject {
  spec?: {
    nodeName?: string;
    containers?: readonly ReadsSecret[];
    initContainers?: readonly ReadsSecret[];
    volumes?: readonly {
      name: string;
      persistentVolumeClaim?: { claimName: string };
      secret?: { secretName?: string; optional?: boolean };
    }[];
  };
  status?: {
    phase?: string;
    conditions?: readonly { type: string; status: string; message?: string }[];
  };
}
