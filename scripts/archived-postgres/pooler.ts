import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { freePort } from '../../src/embedded/ports.ts';
import { isThere } from '../programs/is-there.ts';
import { becomeUnprivileged, giveToUnprivileged } from './unprivileged.ts';

const places = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer', '/usr/local/bin/pgbouncer'];
const readyWithinMs = 15_000;
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
  /** Names of its entries; each leads to the database `postgres`. */
  databases?: readonly string[];
  poolMode?: 'transaction' | 'session';
}

/** A PgBouncer of this machine's own, on loopback, whose entries are in an included file. */
export class Pooler {
  readonly port: number;
  readonly databasesFile: string;
  readonly databases: readonly string[];
  readonly #options: PoolerOptions;
  #process: ChildProcess | undefined;

  private constructor(options: PoolerOptions, port: number) {
    this.#options = options;
    this.port = port;
    this.databases = options.databases ?? ['shop'];
    this.databasesFile = join(options.folder, 'databases.ini');
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

  async up(): Promise<void> {
    const { program, folder } = this.#options;
    const command = becomeUnprivileged([program, '-q', join(folder, 'pgbouncer.ini')]);
    const [file = program, ...args] = command;
    this.#process = spawn(file, args, { stdio: 'ignore', cwd: '/' });
    const endsAtMs = Date.now() + readyWithinMs;
    while (!(await this.#answers())) {
      if (Date.now() > endsAtMs) throw new Error(`PgBouncer does not answer: ${await this.#log()}`);
      await sleep(50);
    }
  }

  async down(): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    if (running?.exitCode !== null) return;
    const ended = once(running, 'exit');
    running.kill('SIGKILL');
    await ended;
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
    const { folder, server, poolMode = 'transaction' } = this.#options;
    await mkdir(folder, { recursive: true, mode: 0o755 });
    await chmod(folder, 0o755);
    await giveToUnprivileged(folder);
    const entries = this.databases.map(
      (name) => `${name} = host=${server.host} port=${server.port} dbname=postgres`,
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

  async #answers(): Promise<boolean> {
    return this.ask('SHOW VERSION').then(
      () => true,
      () => false,
    );
  }

  #log(): Promise<string> {
    return readFile(join(this.#options.folder, 'pgbouncer.log'), 'utf8').catch(() => 'no log');
  }
}
