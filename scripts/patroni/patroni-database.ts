import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { killServer } from '../../src/adapters/postgres/host/server-processes.ts';
import { freePort } from '../../src/embedded/ports.ts';
import { giveToUnprivileged } from '../archived-postgres/unprivileged.ts';
import type { PatroniPrograms } from './find-patroni.ts';
import { HostProcess } from './host-process.ts';
import { PatroniMember, type MemberPlace } from './patroni-member.ts';

/** As Patroni's documentation has them, or as short as it allows. */
export const patroniTimes = {
  usual: { ttl: 30, loop_wait: 10, retry_timeout: 10 },
  fast: { ttl: 20, loop_wait: 1, retry_timeout: 3 },
};

export interface PatroniOptions {
  programs: PatroniPrograms;
  times?: keyof typeof patroniTimes;
  /** How many members. */
  count?: number;
  /** Further settings of the cluster, such as synchronous_mode. */
  settings?: Record<string, unknown>;
}

const scope = 'shop';
const readyWithinMs = 120_000;

/** Members of a Patroni with an etcd, over loopback, in a folder that goes with them. */
export class PatroniDatabase {
  readonly folder: string;
  readonly members: PatroniMember[] = [];
  readonly #etcd: HostProcess;

  private constructor(folder: string, etcd: HostProcess) {
    this.folder = folder;
    this.#etcd = etcd;
  }

  /** The first member leads, and the others stream from it. */
  static async start(options: PatroniOptions): Promise<PatroniDatabase> {
    const { programs, times = 'fast', count = 2, settings = {} } = options;
    const folder = await mkdtemp(join(tmpdir(), 'belay-patroni-'));
    await chmod(folder, 0o755);
    await giveToUnprivileged(folder);
    const etcd = await startEtcd(programs.etcd, folder);
    const database = new PatroniDatabase(folder, etcd.process);
    try {
      const place: MemberPlace = {
        ...{ folder, programs, scope, etcdPort: etcd.port },
        settings: { ...patroniTimes[times], ...settings },
      };
      for (let index = 1; index <= count; index += 1) {
        const member = await PatroniMember.create(`p${index}`, place);
        database.members.push(member);
        await member.up();
        if (index === 1) await database.untilLed('p1');
      }
      await database.untilRedundant();
    } catch (error) {
      const log = await Promise.all(database.members.map((member) => member.log()));
      await database.close();
      throw new Error(`Patroni did not start: ${log.join('\n').slice(-4_000)}`, { cause: error });
    }
    return database;
  }

  member(name: string): PatroniMember {
    const found = this.members.find((each) => each.name === name);
    if (found === undefined) throw new Error(`There is no member ${name}`);
    return found;
  }

  /** Who takes writes and says so itself; undefined: nobody does. */
  async primary(): Promise<PatroniMember | undefined> {
    for (const member of this.members) {
      const [row] = await member
        .sql<{ is: boolean }>('SELECT NOT pg_is_in_recovery() AS is')
        .catch(() => []);
      if (row?.is === true) return member;
    }
    return undefined;
  }

  async untilLed(by: string): Promise<void> {
    await until(`${by} leads`, async () => (await this.primary())?.name === by);
  }

  /** Until every other member streams from the leader. */
  async untilRedundant(): Promise<void> {
    await until('all members stream', async () => {
      const primary = await this.primary();
      const rows = await primary
        ?.sql<{ name: string }>(
          "SELECT application_name AS name FROM pg_stat_replication WHERE state = 'streaming'",
        )
        .catch(() => []);
      const streaming = new Set(rows?.map(({ name }) => name));
      return this.members.every((member) => member === primary || streaming.has(member.name));
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.members.map((member) => member.end()));
    await this.#etcd.end();
    await Promise.all(this.members.map(({ dataFolder }) => killServer(dataFolder, 15_000)));
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function startEtcd(
  program: string,
  folder: string,
): Promise<{ port: number; process: HostProcess }> {
  const [port, peerPort] = [await freePort(), await freePort()];
  const [url, peerUrl] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${peerPort}`];
  const home = join(folder, 'etcd');
  await mkdir(home, { mode: 0o700 });
  await giveToUnprivileged(home);
  const args = [
    ...['--data-dir', home, '--name', 'e', '--unsafe-no-fsync'],
    ...['--listen-client-urls', url, '--advertise-client-urls', url],
    ...['--listen-peer-urls', peerUrl, '--initial-advertise-peer-urls', peerUrl],
    ...['--initial-cluster', `e=${peerUrl}`],
  ];
  const process = new HostProcess([program, ...args], join(folder, 'etcd.log'));
  await process.start();
  await until('etcd answers', () =>
    fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  return { port, process };
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const endsAtMs = Date.now() + readyWithinMs;
  while (!(await isSo())) {
    if (Date.now() > endsAtMs) throw new Error(`Not within ${readyWithinMs} ms: ${what}`);
    await sleep(100);
  }
}
