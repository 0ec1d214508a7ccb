import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { findBackupPrograms } from '../../archived-postgres/find-programs.ts';
import { InsertingClient, type ClientFigures } from '../../archived-postgres/inserting-client.ts';
import { findPgBouncer, Pooler } from '../../archived-postgres/pooler.ts';
import {
  ReplicatedDatabase,
  type ReplicatedNode,
} from '../../archived-postgres/replicated-database.ts';
import { expectThat } from '../expectation.ts';

/** Two PostgreSQL that stream, of the demonstration's own, and the PgBouncer of their clients. */
export class SampleReplicas {
  readonly #servers: ReplicatedDatabase;
  readonly #pooler: Pooler;

  private constructor(servers: ReplicatedDatabase, pooler: Pooler) {
    this.#servers = servers;
    this.#pooler = pooler;
  }

  static async start(): Promise<SampleReplicas> {
    const found = await findBackupPrograms();
    const pgbouncer = await findPgBouncer();
    expectThat(found.ok, 'PostgreSQL is installed; install it with: belay agent tools install');
    expectThat(pgbouncer !== undefined, 'PgBouncer is installed (Debian: pgbouncer)');
    const servers = await ReplicatedDatabase.start(found.programs.postgres);
    try {
      const [first] = servers.nodes as [ReplicatedNode];
      await first.sql('CREATE TABLE marks (id bigint PRIMARY KEY)');
      const folder = join(servers.folder, 'pooler');
      const pooler = await Pooler.start({ program: pgbouncer, folder, server: first.address });
      return new SampleReplicas(servers, pooler);
    } catch (error) {
      await servers.close();
      throw error;
    }
  }

  get nodes(): [ReplicatedNode, ReplicatedNode] {
    return this.#servers.nodes as [ReplicatedNode, ReplicatedNode];
  }

  /** What the agent of this machine may do with them, as its settings say it. */
  agentSettings(): { clusters: object; routers: object } {
    const addresses = this.nodes.map(({ address }) => address);
    return {
      clusters: Object.fromEntries(this.nodes.map((node) => [node.name, node.settings()])),
      routers: { orders: this.#pooler.settings(addresses) },
    };
  }

  /** A client behind the PgBouncer that inserts rising numbers, from this one on. */
  startClient(first: number): InsertingClient {
    return new InsertingClient(() => this.#pooler.connect(), first);
  }

  /** A plan by which its watch fails over; returns its file. `rejoin`: what becomes of the former primary. */
  async writePlan(rejoin: 'auto' | 'never'): Promise<string> {
    const file = join(this.#servers.folder, 'orders.yaml');
    const nodes = this.nodes.map(({ name, port }) => [
      name,
      { agent: 'local', cluster: name, address: `127.0.0.1:${port}` },
    ]);
    await writeFile(
      file,
      stringify({
        ...{ kind: 'databaseWatch', environment: 'demo', database: 'orders' },
        nodes: Object.fromEntries(nodes) as object,
        ...{ automatic: true, confirmFor: '2s', maxLoss: { bytes: 1_000_000 }, rejoin },
        routes: [{ pgbouncer: { agent: 'local', router: 'orders' } }],
      }),
    );
    return file;
  }

  /** How many rows that the client saw acknowledged are not in a node. */
  async countLost(node: ReplicatedNode, { acknowledged }: ClientFigures): Promise<number> {
    const rows = await node.sql<{ id: string }>('SELECT id FROM marks');
    const stored = new Set(rows.map(({ id }) => Number(id)));
    return acknowledged.filter((id) => !stored.has(id)).length;
  }

  async close(): Promise<void> {
    await this.#pooler.down();
    await this.#servers.close();
  }
}
