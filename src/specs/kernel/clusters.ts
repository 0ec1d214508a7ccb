/** The PostgreSQL clusters of a host: `clusters` of an agent's settings file. */
import type { SecretRef } from './notifications.ts';

export interface ToolSettings {
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

export interface PeerAddress {
  host: string;
  port: number;
}

/** How this host connects to the servers of the other nodes of a replicated database. */
export interface ReplicationSettings {
  /** Its role has REPLICATION, and the rights of pg_rewind. */
  user: string;
  /** Where it runs queries. */
  database: string;
  /** `PGPASSWORD`, where the peers ask for one. */
  secrets: Readonly<Record<string, SecretRef>>;
  /** The servers that may be connected to. */
  peers: readonly PeerAddress[];
}

/** What playbooks may ask of a cluster, and as whom. */
export interface SqlSettings {
  /** A role that logs in by the socket. */
  user: string;
  databases: readonly string[];
  /** `PGPASSWORD`, where the server asks for one. */
  secrets: Readonly<Record<string, SecretRef>>;
  /** Whether statements may change something; without it they are run in transactions that only read. */
  changes: boolean;
  /** Whether the role may be a superuser, or reach files and programs of the host. */
  superuser: boolean;
}

/** How this host asks the Patroni that is in charge of the cluster. */
export interface PatroniSettings {
  /** Of its REST API on this host. */
  url: string;
  /** As its `restapi.authentication` has it; absent: it asks for none. */
  user?: string;
  /** `PATRONI_RESTAPI_PASSWORD`, where there is a user. */
  secrets: Readonly<Record<string, SecretRef>>;
}

export interface ClusterSettings {
  name: string;
  dataFolder: string;
  socketFolder: string;
  port: number;
  /** The folder of its programs; absent: that of its version in /usr/lib/postgresql. */
  programs?: string;
  /** The account of the server and its tools, and the role as which the agent connects. */
  user: string;
  /** What the agent connects to; its marks and canary rows are written there, in the schema `belay`. */
  database: string;
  /** Arguments that start the server; absent: `pg_ctl start` of `programs`. */
  start?: readonly string[];
  /** Arguments that stop it cleanly; absent: `pg_ctl stop -m fast`. */
  stop?: readonly string[];
  /** Absent: it is not backed up. */
  pgbackrest?: PgBackRestSettings;
  /** Absent: it is no node of a replicated database. */
  replication?: ReplicationSettings;
  /** Absent: no statement of a playbook is carried out. */
  sql?: SqlSettings;
  /** Absent: no Patroni is in charge of it. */
  patroni?: PatroniSettings;
  /** Whether it may be fenced, promoted and rejoined, or Patroni asked to do so. */
  failover: boolean;
}
