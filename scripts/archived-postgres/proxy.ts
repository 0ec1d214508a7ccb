import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { askHaproxy } from '../../src/adapters/routers/haproxy/runtime-api.ts';
import { freePort } from '../../src/embedded/ports.ts';
import { isThere } from '../programs/is-there.ts';
import { giveToUnprivileged } from './unprivileged.ts';
import { UnprivilegedProgram } from './unprivileged-program.ts';

const places = ['/usr/sbin/haproxy', '/usr/local/sbin/haproxy'];
const backend = 'shop';
const server = 'primary';

/** Undefined where this machine has none (Debian: haproxy). */
export async function findHaproxy(): Promise<string | undefined> {
  for (const place of places) if (await isThere(place)) return place;
  return undefined;
}

export interface ProxyOptions {
  program: string;
  folder: string;
  /** Where it leads at first. */
  to: { host: string; port: number };
}

/** An HAProxy of this machine's own, on loopback, with one backend of one server. */
export class RunningProxy {
  readonly port: number;
  readonly #options: ProxyOptions;
  readonly #server: UnprivilegedProgram;

  private constructor(options: ProxyOptions, port: number) {
    this.#options = options;
    this.port = port;
    const { program, folder } = options;
    this.#server = new UnprivilegedProgram({
      ...{ name: 'HAProxy', command: [program, '-db', '-f', join(folder, 'haproxy.cfg')] },
      answers: () => this.ask('show info'),
    });
  }

  static async start(options: ProxyOptions): Promise<RunningProxy> {
    const proxy = new RunningProxy(options, await freePort());
    await proxy.#configure();
    await proxy.up();
    return proxy;
  }

  /** As a router of an agent's settings. */
  settings(
    servers: readonly { host: string; port: number }[],
    level: 'admin' | 'operator' = 'admin',
  ): Record<string, unknown> {
    return {
      servers: servers.map(({ host, port }) => `${host}:${port}`),
      haproxy: {
        ...{ socket: this.#socket(level), backend, server, port: this.port },
        check: { user: 'postgres' },
      },
    };
  }

  ask(command: string): Promise<string> {
    return askHaproxy(this.#socket('admin'), command);
  }

  /** A connection of a client, which may be ended at any time. */
  async connect(): Promise<Client> {
    const client = new Client({
      ...{ host: '127.0.0.1', port: this.port, user: 'postgres', database: 'postgres' },
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

  async #configure(): Promise<void> {
    const { folder, to } = this.#options;
    await mkdir(folder, { recursive: true, mode: 0o755 });
    await chmod(folder, 0o755);
    await giveToUnprivileged(folder);
    const lines = [
      'global',
      ...(['admin', 'operator'] as const).map(
        (level) => `  stats socket ${this.#socket(level)} mode 600 level ${level}`,
      ),
      ...['defaults', '  mode tcp', '  timeout connect 1s'],
      ...['  timeout client 30m', '  timeout server 30m'],
      ...[`frontend ${backend}`, `  bind 127.0.0.1:${this.port}`, `  default_backend ${backend}`],
      ...[`backend ${backend}`, `  server ${server} ${to.host}:${to.port}`],
      `  server spare 127.0.0.1:1 disabled`,
    ];
    const file = join(folder, 'haproxy.cfg');
    await writeFile(file, `${lines.join('\n')}\n`, { mode: 0o640 });
    await giveToUnprivileged(file);
  }

  #socket(level: string): string {
    return join(this.#options.folder, `${level}.sock`);
  }
}
