import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { stringify } from 'yaml';
import {
  killServer,
  listServerProcesses,
} from '../../src/adapters/postgres/host/server-processes.ts';
import { freePort } from '../../src/embedded/ports.ts';
import { giveToUnprivileged, unprivilegedUser } from '../archived-postgres/unprivileged.ts';
import type { PatroniPrograms } from './find-patroni.ts';
import { HostProcess } from './host-process.ts';

export interface MemberPlace {
  folder: string;
  programs: PatroniPrograms;
  scope: string;
  etcdPort: number;
  /** Of the cluster: ttl, loop_wait and others. */
  settings: Record<string, unknown>;
}

/** Who may change something by the REST API. */
const restAccount = { user: 'belay', password: 'patroni-secret' };

const superuser = 'postgres';

/** One host of a Patroni: its daemon, and the server that it runs. */
export class PatroniMember {
  readonly name: string;
  readonly port: number;
  readonly restPort: number;
  readonly passwordFile: string;
  readonly #place: MemberPlace;
  readonly #daemon: HostProcess;

  private constructor(name: string, place: MemberPlace, ports: { port: number; rest: number }) {
    this.name = name;
    this.port = ports.port;
    this.restPort = ports.rest;
    this.#place = place;
    this.passwordFile = join(this.folder, 'rest-password');
    const command = [place.programs.patroni, this.#configuration];
    this.#daemon = new HostProcess(command, join(this.folder, 'patroni.log'));
  }

  static async create(name: string, place: MemberPlace): Promise<PatroniMember> {
    const ports = { port: await freePort(), rest: await freePort() };
    const member = new PatroniMember(name, place, ports);
    await mkdir(member.folder, { mode: 0o755 });
    await giveToUnprivileged(member.folder);
    await writeFile(member.#configuration, stringify(member.#configured()), { mode: 0o600 });
    await writeFile(member.passwordFile, `${restAccount.password}\n`, { mode: 0o600 });
    await giveToUnprivileged(member.#configuration);
    return member;
  }

  get folder(): string {
    return join(this.#place.folder, this.name);
  }

  get dataFolder(): string {
    return join(this.folder, 'data');
  }

  get address(): { host: string; port: number } {
    return { host: '127.0.0.1', port: this.port };
  }

  get restUrl(): string {
    return `http://127.0.0.1:${this.restPort}`;
  }

  /** As a cluster of an agent's settings. */
  clusterSettings(): Record<string, unknown> {
    return {
      ...{ dataFolder: this.dataFolder, socketFolder: this.folder, port: this.port },
      ...{ programs: this.#place.programs.postgres, user: unprivilegedUser(), failover: true },
      patroni: {
        ...{ url: this.restUrl, user: restAccount.user },
        secrets: { PATRONI_RESTAPI_PASSWORD: { file: this.passwordFile } },
      },
    };
  }

  up(): Promise<void> {
    return this.#daemon.start();
  }

  /** The daemon alone. */
  signal(signal: NodeJS.Signals): void {
    this.#daemon.signal(signal);
  }

  /** The server alone. */
  async signalServer(signal: NodeJS.Signals): Promise<void> {
    for (const { pid } of await listServerProcesses(this.dataFolder)) {
      try {
        process.kill(pid, signal);
      } catch (error) {
        // One that has just ended.
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    }
  }

  /** As the loss of its host. */
  async lose(): Promise<void> {
    await Promise.all([this.#daemon.end(), killServer(this.dataFolder, 15_000)]);
  }

  end(): Promise<void> {
    return this.#daemon.end();
  }

  log(): Promise<string> {
    return this.#daemon.log();
  }

  async sql<Row = Record<string, unknown>>(statement: string): Promise<Row[]> {
    const client = new Client({
      ...{ host: this.folder, port: this.port, database: 'postgres', user: superuser },
      ...{ connectionTimeoutMillis: 2_000, query_timeout: 5_000 },
    });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query(statement)).rows as Row[];
    } finally {
      await client.end();
    }
  }

  get #configuration(): string {
    return join(this.folder, 'patroni.yml');
  }

  #configured(): Record<string, unknown> {
    const { scope, etcdPort, settings, programs } = this.#place;
    const at = `127.0.0.1:${this.port}`;
    const rest = `127.0.0.1:${this.restPort}`;
    const { user: username, password } = restAccount;
    const role = (name: string) => ({ username: name, password: 'unused' });
    return {
      ...{ scope, name: this.name, etcd3: { host: `127.0.0.1:${etcdPort}` } },
      restapi: { listen: rest, connect_address: rest, authentication: { username, password } },
      bootstrap: {
        dcs: {
          ...settings,
          postgresql: { use_pg_rewind: true, use_slots: true, parameters },
        },
        initdb: [{ auth: 'trust' }, { encoding: 'UTF8' }, 'data-checksums', 'no-sync'],
        pg_hba: ['local all all trust', 'host all all 127.0.0.1/32 trust'].concat(
          'host replication all 127.0.0.1/32 trust',
        ),
      },
      postgresql: {
        ...{ listen: at, connect_address: at, data_dir: this.dataFolder },
        ...{ bin_dir: programs.postgres, pgpass: join(this.folder, 'pgpass') },
        authentication: {
          ...{ superuser: role(superuser), replication: role('replicator') },
          rewind: role('rewinder'),
        },
        parameters: { unix_socket_directories: this.folder },
      },
    };
  }
}

const parameters = {
  ...{ max_connections: 40, shared_buffers: '16MB', fsync: 'off' },
  wal_receiver_status_interval: '1s',
};
