import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { freePort } from '../../src/embedded/ports.ts';
import { giveToUnprivileged } from '../archived-postgres/unprivileged.ts';
import { isThere } from '../programs/is-there.ts';
import { HostProcess } from './host-process.ts';
import type { PatroniDatabase } from './patroni-database.ts';

const program = '/usr/sbin/haproxy';

/** How soon it sees that a member leads no more: as its documentation has it, or as short as is usual. */
const checks = {
  usual: 'inter 3s fall 3 rise 2',
  fast: 'inter 500ms fall 2 rise 1',
};

/** An HAProxy that leads clients to the member that answers `GET /primary`. */
export class PatroniProxy {
  readonly #port: number;
  readonly #process: HostProcess;

  private constructor(port: number, process: HostProcess) {
    this.#port = port;
    this.#process = process;
  }

  static async start(database: PatroniDatabase, times: keyof typeof checks): Promise<PatroniProxy> {
    if (!(await isThere(program))) throw new Error('HAProxy is not installed (Debian: haproxy)');
    const folder = join(database.folder, 'proxy');
    await mkdir(folder);
    await chmod(folder, 0o755);
    const port = await freePort();
    const file = join(folder, 'haproxy.cfg');
    const servers = database.members.map(
      ({ name, port: at, restPort }) => `  server ${name} 127.0.0.1:${at} check port ${restPort}`,
    );
    const lines = [
      ...['defaults', '  mode tcp', '  timeout connect 2s', '  timeout check 2s'],
      ...['  timeout client 30m', '  timeout server 30m', 'listen shop'],
      ...[`  bind 127.0.0.1:${port}`, '  option httpchk GET /primary'],
      '  http-check expect status 200',
      `  default-server ${checks[times]} on-marked-down shutdown-sessions`,
      ...servers,
    ];
    await writeFile(file, `${lines.join('\n')}\n`);
    await giveToUnprivileged(file);
    const process = new HostProcess([program, '-db', '-f', file], join(folder, 'haproxy.log'));
    await process.start();
    return new PatroniProxy(port, process);
  }

  /** A connection of a client, which may be ended at any time. */
  async connect(): Promise<Client> {
    const client = new Client({
      ...{ host: '127.0.0.1', port: this.#port, user: 'postgres', database: 'postgres' },
      connectionTimeoutMillis: 5_000,
    });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  close(): Promise<void> {
    return this.#process.end();
  }
}
