/** What an agent backs up on its host, and with which tools: `backups` of its settings file. */
import type { SecretRef } from '../kernel/notifications.ts';

interface ToolSettings {
  /** The absolute path of the tool. */
  program: string;
  environment: Readonly<Record<string, string>>;
  /** Variables whose values are kept elsewhere. */
  secrets: Readonly<Record<string, SecretRef>>;
}

export interface PgBackRestSettings extends ToolSettings {
  /** Its configuration file. */
  config: string;
  stanza: string;
  /** What plans call its repositories, and their keys in the configuration. */
  repositories: Readonly<Record<string, number>>;
  /** Whether the primary is read where a standby was to be and cannot be. */
  allowPrimary: boolean;
}

export interface PostgresClusterSettings {
  name: string;
  dataFolder: string;
  socketFolder: string;
  port: number;
  /** The folder of its programs; absent: that of its version in /usr/lib/postgresql. */
  programs?: string;
  /** The account of the server and its tools. */
  user: string;
  /** Where marks are written, in the schema `belay`. */
  database: string;
  pgbackrest: PgBackRestSettings;
}

export interface ResticRepositorySettings extends ToolSettings {
  name: string;
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

export interface ScratchSettings {
  /** Restored copies are in it, and nothing else is. */
  folder: string;
  /** Of all copies together; absent: as much as there is. */
  mostBytes?: number;
}

export interface BackupSettings {
  clusters: readonly PostgresClusterSettings[];
  repositories: readonly ResticRepositorySettings[];
  /** Absolute: what may be read, and restored in place, with everything below. */
  paths: readonly string[];
  kubernetes?: KubernetesAccess;
  /** Absent: nothing is restored beside its source. */
  scratch?: ScratchSettings;
}
