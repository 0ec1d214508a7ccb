import type { SecretRef } from '../../specs/kernel/notifications.ts';

/** One cluster of PostgreSQL on the host, and how pgBackRest keeps its backups. */
export interface ClusterSettings {
  dataFolder: string;
  socketFolder: string;
  port: number;
  /** The folder of `postgres`, `psql` and the others; absent: Debian's, by the version of the cluster. */
  programs?: string;
  /** Both the account of the tools and the role that they connect as. */
  user: string;
  /** Where marks are written. */
  database: string;
  pgbackrest: {
    program: string;
    config: string;
    stanza: string;
    /** By our name: the number in `repoN-path` of the configuration. */
    repositories: Readonly<Record<string, number>>;
    secrets: Readonly<Record<string, SecretRef>>;
    /** A set may be made from the primary where the standby cannot be read. */
    allowPrimary: boolean;
  };
}
