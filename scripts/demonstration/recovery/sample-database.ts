import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { stringify } from 'yaml';
import { findBackupPrograms } from '../../archived-postgres/find-programs.ts';
import { ArchivedCluster } from '../../archived-postgres/archived-cluster.ts';
import { giveToUnprivileged } from '../../archived-postgres/unprivileged.ts';
import { expectThat } from '../expectation.ts';

const megabytes = 200;
const plan = 'shop.yaml';
/** Who asks whether the goods are right. */
const reader = 'reader';
const spoilt = "SELECT count(*) FROM goods WHERE about = ''";

/** A PostgreSQL of the demonstration's own, archived into two repositories. */
export class SampleDatabase {
  readonly #cluster: ArchivedCluster;

  private constructor(cluster: ArchivedCluster) {
    this.#cluster = cluster;
  }

  static async start(): Promise<SampleDatabase> {
    const found = await findBackupPrograms();
    expectThat(
      found.ok,
      'PostgreSQL, pgBackRest and restic are installed; install them with: belay agent tools install',
    );
    const cluster = await ArchivedCluster.start(found.programs, {
      settings: ['archive_timeout = 10'],
    });
    await cluster.sql('CREATE EXTENSION amcheck');
    await cluster.sql(
      `CREATE TABLE goods AS SELECT n AS id, repeat(md5(n::text), 30) AS about FROM generate_series(1, ${megabytes * 1_000}) AS n`,
    );
    await cluster.sql('CREATE TABLE marks (id bigint PRIMARY KEY)');
    await cluster.sql(`CREATE ROLE ${reader} LOGIN`);
    await cluster.sql(`GRANT SELECT ON goods TO ${reader}`);
    const copies = join(cluster.folder, 'copies');
    await mkdir(copies, { mode: 0o700 });
    await giveToUnprivileged(copies);
    return new SampleDatabase(cluster);
  }

  /** A connection for a client. */
  async connect(): Promise<Client> {
    const { socketFolder, port } = this.#cluster;
    const client = new Client({
      host: socketFolder,
      port,
      user: 'postgres',
      database: 'postgres',
    });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  /** What the agent of this machine may do: back this cluster up, restore copies of it, and more. */
  agentSettings(stateFolder: string, more: { clusters: object; routers: object }): string {
    return stringify({
      name: 'local',
      stateFolder,
      clusters: { main: this.#cluster.settings(), ...more.clusters },
      routers: more.routers,
      backups: {
        scratch: { folder: join(this.#cluster.folder, 'copies'), mostBytes: '20GiB' },
      },
    });
  }

  /** A plan whose drills expect so many orders; returns its file. */
  async writePlan(expected?: { orders: number }): Promise<string> {
    const file = join(this.#cluster.folder, plan);
    await writeFile(
      file,
      stringify({
        kind: 'backup',
        environment: 'demo',
        backup: 'shop',
        agent: 'local',
        components: {
          database: { postgres: { cluster: 'main' }, repositories: ['main', 'offsite'] },
        },
        objectives: { rpo: '1m', rto: '5m' },
        ...(expected !== undefined && {
          drill: {
            sql: [
              {
                name: 'orders that the client placed until then',
                query: 'SELECT count(*) FROM orders',
                expect: String(expected.orders),
              },
            ],
          },
        }),
      }),
    );
    return file;
  }

  /** A recovery to just before goods lost what is said about them; returns its file. */
  async writeRecovery(): Promise<string> {
    const file = join(this.#cluster.folder, 'recover.yaml');
    await writeFile(
      file,
      stringify({
        ...{ kind: 'pointInTimeRecovery', environment: 'demo', database: 'shop', backup: 'shop' },
        ...{ agent: 'local', cluster: 'main', repositories: ['main', 'offsite'] },
        check: { database: 'postgres', query: spoilt, expect: '0', role: reader },
        ...{ table: 'public.goods', stopWrites: 'readOnly', then: 'swap' },
        export: { tables: ['public.marks'] },
      }),
    );
    return file;
  }

  /** Commits what nobody meant to; returns its transaction, and how many goods it has spoilt. */
  async spoilGoods(): Promise<{ xid: string; goods: number }> {
    const [row] = await this.#cluster.sql<{ xid: string; goods: number }>(
      `WITH spoilt AS (UPDATE goods SET about = '' WHERE id % 1000 = 0 RETURNING 1)
       SELECT pg_current_xact_id()::text AS xid, count(*)::int AS goods FROM spoilt`,
    );
    expectThat(row !== undefined && row.goods > 0, 'there were goods to spoil');
    return row;
  }

  async countSpoilt(): Promise<number> {
    const [row] = await this.#cluster.sql<{ count: string }>(spoilt);
    return Number(row?.count);
  }

  /** The numbers of clients that it has. */
  async marks(): Promise<Set<number>> {
    const rows = await this.#cluster.sql<{ id: string }>('SELECT id FROM marks');
    return new Set(rows.map(({ id }) => Number(id)));
  }

  /** Waits until the log so far is in the repositories. */
  async archive(): Promise<void> {
    await this.#cluster.archiveLog();
  }

  /** Deletes one segment of the archive that the newest set needs to go on from; returns its name. */
  async deleteSegment(repository: string): Promise<string> {
    const archive = join(this.#cluster.repositoryFolder(repository), 'archive');
    const files = await filesIn(archive);
    const segments = files.filter((file) => /\/[0-9A-F]{24}-[0-9a-f]{40}/.test(file)).toSorted();
    const middle = segments.at(-3);
    expectThat(middle !== undefined, `${repository} has segments to delete one of`);
    await rm(middle);
    return (middle.split('/').at(-1) ?? '').slice(0, 24);
  }

  /** Flips one bit in the largest file of the newest set; returns the name of the file. */
  async flipBit(repository: string): Promise<string> {
    const backups = join(this.#cluster.repositoryFolder(repository), 'backup');
    const files = await filesIn(backups);
    const sized = await Promise.all(
      files
        .filter((file) => file.includes('/pg_data/base/'))
        .map(async (file) => ({ file, bytes: await readFile(file) })),
    );
    const [largest] = sized.toSorted((one, other) => other.bytes.length - one.bytes.length);
    expectThat(largest !== undefined, `${repository} has files to damage`);
    const { file, bytes } = largest;
    const place = Math.floor(bytes.length / 2);
    bytes[place] = (bytes[place] ?? 0) ^ 1;
    await writeFile(file, bytes);
    return file.slice(file.indexOf('/pg_data/') + 1);
  }

  /** Copies that are there now. */
  async copies(): Promise<string[]> {
    const folder = join(this.#cluster.folder, 'copies');
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  }

  /** Servers and tools of this database that run now, apart from its own. */
  async strayProcesses(): Promise<string[]> {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const lines = await Promise.all(
      pids.map(async (pid) => {
        const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
        return text.replaceAll('\0', ' ').trim();
      }),
    );
    const { folder } = this.#cluster;
    return lines.filter(
      (line) =>
        line.includes(join(folder, 'copies')) ||
        (line.includes(folder) && /pgbackrest.* (backup|restore|verify)/.test(line)),
    );
  }

  async close(): Promise<void> {
    await this.#cluster.close();
  }
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
