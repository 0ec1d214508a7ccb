/** What leads clients to databases, on a host: `routers` of an agent's settings file. */
import type { PeerAddress } from './clusters.ts';
import type { SecretRef } from './notifications.ts';

/** How the agent logs in; `PGPASSWORD`, where a password is asked for. */
export interface RouterLogin {
  user: string;
  secrets: Readonly<Record<string, SecretRef>>;
}

export interface PgBouncerSettings extends RouterLogin {
  /** Entries of `[databases]` that lead to the database. */
  databases: readonly string[];
  /** Where those entries are written; `host` and `port` of them are changed, and nothing else. */
  file: string;
  /** Of its admin console: a folder with its socket, or a host. */
  host: string;
  port: number;
  /** The account that connects to the socket; absent: that of the agent. */
  account?: string;
  /** The role that asks, through PgBouncer and of the server itself, which server it is. */
  check: RouterLogin;
}

/** A name of a zone that takes updates; its one record says where clients connect to. */
export interface DnsSettings {
  name: string;
  zone: string;
  /** Takes updates. */
  primary: PeerAddress;
  /** The other name servers of the zone. */
  secondaries: readonly PeerAddress[];
  ttlMs: number;
  /** `TSIG_KEY`, as `tsig-keygen` writes it. */
  secrets: Readonly<Record<string, SecretRef>>;
  /**
   * The role that asks a server, before clients are led there, which server it is. Absent: what is
   * behind the name is no database.
   */
  check?: RouterLogin & { database: string };
}

/** An HAProxy in TCP mode: the address of one server of one backend is changed by its runtime API. */
export interface HaproxySettings {
  /** Its stats socket, of level admin. */
  socket: string;
  backend: string;
  server: string;
  /** Where clients connect. */
  host: string;
  port: number;
  /** The role that asks, through HAProxy and of the server itself, which server it is. */
  check: RouterLogin & { database: string };
}

export type RouterSettings = {
  name: string;
  /** The servers to which it may lead. */
  servers: readonly PeerAddress[];
} & ({ pgbouncer: PgBouncerSettings } | { haproxy: HaproxySettings } | { dns: DnsSettings });

export function kindOfRouter(router: RouterSettings): 'pgbouncer' | 'haproxy' | 'dns' {
  if ('dns' in router) return 'dns';
  return 'haproxy' in router ? 'haproxy' : 'pgbouncer';
}
