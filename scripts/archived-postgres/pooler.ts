import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { freePort } from '../../src/embedded/ports.ts';
import { isThere } from '../programs/is-there.ts';
import { giveToUnprivileged } from './unprivileged.ts';
import { UnprivilegedProgram } from './unprivileged-program.ts';

const places = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer', '/usr/local/bin/pgbouncer'];
const administrator = 'pooler_admin';

/** Undefined where this machine has none (Debian: pgbouncer). */
export async function findPgBouncer(): Promise<string | undefined> {
  for (const place of places) if (await isThere(place)) return place;
  return undefined;
}

export interface PoolerOptions {
  program: string;
  folder: string;
  /** Where its entries lead at first. */
  server: { host: string; port: number };
  /** Names of its entries; each leads to one database of the server, which is `postgres` by default. */
  databases?: readonly string[];
  database?: string;
  poolMode?: 'transaction' | 'session';
}

/** A PgBouncer of this machine's own, on loopback, whose entries are in an included file. */
export class Pooler {
  readonly port: number;
  readonly databasesFile: string;
  readonly databases: readonly string[];
  readonly #options: PoolerOptions;
  readonly #server: UnprivilegedProgram;

  private constructor(options: PoolerOptions, port: number) {
    this.#options = options;
    this.port = port;
    this.databases = options.databases ?? ['shop'];
    this.databasesFile = join(options.folder, 'databases.ini');
    this.#server = new UnprivilegedProgram({
      ...{
        name: 'PgBouncer',
        command: [options.program, '-q', join(options.folder, 'pgbouncer.ini')],
      },
      answers: () => this.ask('SHOW VERSION'),
      log: join(options.folder, 'pgbouncer.log'),
    });
  }

  static async start(options: PoolerOptions): Promise<Pooler> {
    const pooler = new Pooler(options, await freePort());
    await pooler.#configure();
    await pooler.up();
    return pooler;
  }

  /** As a router of an agent's settings. */
  settings(servers: readonly { host: string; port: number }[]): Record<string, unknown> {
    return {
      servers: servers.map(({ host, port }) => `${host}:${port}`),
      pgbouncer: {
        ...{ databases: this.databases, file: this.databasesFile },
        ...{ host: this.#options.folder, port: this.port, user: administrator },
        check: { user: 'postgres' },
      },
    };
  }

  /** A connection of a client, which may be ended at any time. */
  async connect(database = this.databases[0]): Promise<Client> {
    const client = new Client({
      ...{ host: '127.0.0.1', port: this.port, user: 'postgres', database },
      connectionTimeoutMillis: 5_000,
    });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  up(): Promise<void> {
    return this.#server.up();
  }

  down(): Promise<void> {
    return this.#server.down();
  }

  /** Asks its admin console. */
  async ask(command: string): Promise<Record<string, unknown>[]> {
    const client = new Client({
      ...{ host: this.#options.folder, port: this.port, user: administrator },
      ...{ database: 'pgbouncer', connectionTimeoutMillis: 2_000 },
    });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query(command)).rows as Record<string, unknown>[];
    } finally {
      await client.end();
    }
  }

  async #configure(): Promise<void> {
    const { folder, server, database = 'postgres', poolMode = 'transaction' } = this.#options;
    await mkdir(folder, { recursive: true, mode: 0o755 });
    await chmod(folder, 0o755);
    await giveToUnprivileged(folder);
    const entries = this.databases.map(
      (name) => `${name} = host=${server.host} port=${server.port} dbname=${database}`,
    );
    const lines = [
      '[pgbouncer]',
      ...['listen_addr = 127.0.0.1', `listen_port = ${this.port}`, `unix_socket_dir = ${folder}`],
      ...['auth_type = trust', `auth_file = ${join(folder, 'users.txt')}`],
      ...[`admin_users = ${administrator}`, `pool_mode = ${poolMode}`],
      ...['server_connect_timeout = 2', `logfile = ${join(folder, 'pgbouncer.log')}`],
      `%include ${this.databasesFile}`,
    ];
    const users = [administrator, 'postgres'].map((name) => `"${name}" ""`);
    await this.#write(join(folder, 'users.txt'), users);
    await this.#write(this.databasesFile, ['[databases]', ...entries]);
    await this.#write(join(folder, 'pgbouncer.ini'), lines);
  }

  async #write(file: string, lines: readonly string[]): Promise<void> {
    await writeFile(file, `${lines.join('\n')}\n`, { mode: 0o640 });
    await giveToUnprivileged(file);
  }
}
