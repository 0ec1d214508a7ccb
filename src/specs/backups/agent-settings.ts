/** What an agent backs up on its host, and with which tools: its settings file resolved. */
import type { ClusterSettings, PgBackRestSettings, ToolSettings } from '../kernel/clusters.ts';

/** A cluster that pgBackRest is configured for. */
export type PostgresClusterSettings = ClusterSettings & { pgbackrest: PgBackRestSettings };

export interface ResticRepositorySettings extends Omit<ToolSettings, 'program'> {
  name: string;
  /** Absent: the first of the usual places in which it is. */
  program?: string;
  /** As restic writes it. It holds no secret. */
  location: string;
  /** The account of the tool; absent: the agent's own. */
  user?: string;
  /** The first backup creates it where it does not exist. */
  create?: boolean;
}

export interface KubernetesAccess {
  /** Absent: the agent's own, such as its service account. */
  kubeconfig?: string;
  /** Which of its contexts may be used; empty: only the current one. */
  contexts: readonly string[];
  namespaces: readonly string[];
}

/** The Velero of a cluster of `kubernetes`. */
export interface VeleroAccess {
  /** In which it is installed. */
  namespace: string;
  /** Names of its storage locations, which are what plans call repositories. */
  locations: readonly string[];
  /** An image with sh, find, cat and wc: the claims of copies are read by it. Absent: nobody reads them. */
  reader?: string;
}

export interface ScratchSettings {
  /** Restored copies are in it, and rows that were exported; nothing else is. */
  folder: string;
  /** Of all copies together; absent: as much as there is. */
  mostBytes?: number;
}

export interface BackupSettings {
  clusters: readonly PostgresClusterSettings[];
  /** Names of the clusters of this host that have no `pgbackrest`. */
  clustersWithout?: readonly string[];
  repositories: readonly ResticRepositorySettings[];
  /** Absolute: what may be read, and restored in place, with everything below. */
  paths: readonly string[];
  kubernetes?: KubernetesAccess;
  velero?: VeleroAccess;
  /** Absent: nothing is restored beside its source. */
  scratch?: ScratchSettings;
}
