import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { findBackupPrograms } from '../../scripts/archived-postgres/find-programs.ts';
import { findPgBouncer, Pooler } from '../../scripts/archived-postgres/pooler.ts';
import { homeLayout } from '../../src/config/home.ts';
import type { RunReport } from '../../src/contracts/kernel/report.ts';
import type { DatabaseDetails } from '../../src/contracts/recovery/database-details.ts';
import { openLedger } from '../../src/adapters/ledger/open-ledger.ts';
import {
  ReplicatedDatabase,
  type ReplicatedNode,
} from '../../scripts/archived-postgres/replicated-database.ts';
import { until } from '../measures/until.ts';
import { progress } from '../report/tell.ts';
import { BelayCommand, type BelayOrigin } from '../system/belay-command.ts';
import {
  InsertingClient,
  type ClientFigures,
} from '../../scripts/archived-postgres/inserting-client.ts';
import { OwnHosts } from './own-hosts.ts';

const environment = 'bench';
const database = 'orders';
const subject = { environment, name: database };
const redundantWithinMs = 60_000;

export interface PooledOptions {
  origin: BelayOrigin;
  confirmFor: string;
  /**
   * Each server is on a host of its own, with its agent; the primary has a lease of this length, and its
   * commits wait for the standby. Absent: all are on this host, with one agent and no lease.
   */
  lease?: string;
}

type Act = (former: ReplicatedNode) => Promise<void>;

export interface Measured extends ClientFigures {
  /** Acknowledged, and not on the primary at the end. */
  lost: number;
}

/** Two PostgreSQL servers that stream behind a PgBouncer, and a `belay up` that watches them. */
export class PooledDatabase {
  readonly #servers: ReplicatedDatabase;
  readonly #pooler: Pooler;
  readonly #belay: BelayCommand;
  readonly #home: string;
  readonly #hosts: OwnHosts | undefined;
  #marks = 0;

  private constructor(
    servers: ReplicatedDatabase,
    pooler: Pooler,
    { belay, home, hosts }: { belay: BelayCommand; home: string; hosts: OwnHosts | undefined },
  ) {
    this.#servers = servers;
    this.#pooler = pooler;
    this.#belay = belay;
    this.#home = home;
    this.#hosts = hosts;
  }

  /** Always removes what it started. */
  static async use<T>(
    options: PooledOptions,
    measure: (pooled: PooledDatabase) => Promise<T>,
  ): Promise<T> {
    const found = await findBackupPrograms();
    const pgbouncer = await findPgBouncer();
    if (!found.ok) throw new Error(found.why);
    if (pgbouncer === undefined) throw new Error('PgBouncer is not installed (Debian: pgbouncer)');
    progress('making two servers that stream, and a PgBouncer');
    const home = await mkdtemp(join(tmpdir(), 'belay-bench-'));
    const belay = new BelayCommand(options.origin, { BELAY_HOME: home });
    let hosts: OwnHosts | undefined;
    let servers: ReplicatedDatabase | undefined;
    let pooler: Pooler | undefined;
    try {
      if (options.lease !== undefined) hosts = await OwnHosts.open();
      servers = await ReplicatedDatabase.start(found.programs.postgres, 2, {
        hosts: hosts?.network.hosts ?? [],
      });
      const [first] = servers.nodes as [ReplicatedNode];
      pooler = await Pooler.start({
        ...{ program: pgbouncer, folder: join(servers.folder, 'pooler'), server: first.address },
        databases: ['shop'],
      });
      await first.sql('CREATE TABLE marks (id bigint PRIMARY KEY)');
      const pooled = new PooledDatabase(servers, pooler, { belay, home, hosts });
      await pooled.#start(options);
      return await measure(pooled);
    } finally {
      await belay.run(['down']).catch(() => undefined);
      await pooler?.down();
      await servers?.close();
      await hosts?.close();
      await rm(home, { recursive: true, force: true });
    }
  }

  async primary(): Promise<ReplicatedNode> {
    for (const node of this.#servers.nodes) {
      const isPrimary = await node
        .sql<{ is: boolean }>('SELECT NOT pg_is_in_recovery() AS is')
        .then(([row]) => row?.is === true)
        .catch(() => false);
      if (isPrimary) return node;
    }
    throw new Error('There is no primary');
  }

  /**
   * What a client sees, from before a fault until another node leads and the former one streams; `repair`
   * is what that needs once clients write again.
   */
  async measure(fault: Act, repair?: Act): Promise<Measured> {
    const former = await this.primary();
    const next = this.#servers.nodes.find((node) => node !== former) ?? former;
    await this.#untilRedundant(former);
    const client = new InsertingClient(() => this.#pooler.connect(), this.#marks + 1);
    await client.untilWriting();
    await fault(former);
    if (repair) {
      const leader = () => this.primary().catch(() => undefined);
      await until(`${next.name} leads`, async () => (await leader()) === next);
      await client.untilWriting();
      await repair(former);
    }
    await this.#untilRedundant(next);
    await sleep(500);
    const figures = await client.stop();
    this.#marks = Math.max(this.#marks + 1_000_000, ...figures.acknowledged);
    const stored = await next.sql<{ id: string }>('SELECT id FROM marks');
    const ids = new Set(stored.map(({ id }) => Number(id)));
    const lost = figures.acknowledged.filter((id) => !ids.has(id)).length;
    return { ...figures, lost };
  }

  async switchOver(): Promise<void> {
    await this.#belay.run(['database', 'switchover', '-f', this.#plan, '--watch']);
  }

  /** Of a host that is lost with its server and its agent, and comes back. */
  async measureLoss(): Promise<Measured> {
    const hosts = this.#hosts;
    if (hosts === undefined) throw new Error('the servers have no hosts of their own');
    await this.#secure(hosts);
    const indexOf = (node: ReplicatedNode) => this.#servers.nodes.indexOf(node);
    return this.measure(
      (primary) => hosts.network.lose(indexOf(primary)),
      async (former) => {
        await hosts.network.bringBack(indexOf(former));
        await this.#rejoin(former);
      },
    );
  }

  async lastReport(): Promise<RunReport<DatabaseDetails> | undefined> {
    const ledger = openLedger({ home: this.#home, ledger: { keepMs: Number.MAX_SAFE_INTEGER } });
    try {
      const kinds = ['failover', 'switchover'];
      const [report] = await ledger.list({ kinds, limit: 1 });
      return report as RunReport<DatabaseDetails> | undefined;
    } finally {
      await ledger.close();
    }
  }

  /** From here on it fails over by itself. */
  async watch(): Promise<void> {
    await this.#belay.run(['database', 'watch', '-f', this.#plan]);
    await sleep(3_000);
  }

  get #plan(): string {
    return join(this.#home, 'database.yaml');
  }

  /** Commits wait for the standby: nobody could say otherwise what is lost with a host. */
  async #secure(hosts: OwnHosts): Promise<void> {
    const primary = await this.primary();
    const standby = this.#servers.nodes.find((node) => node !== primary) ?? primary;
    await this.#untilRedundant(primary);
    await standby.waitForStandbys('');
    await standby.nameConnection();
    await primary.waitForStandbys(standby.name);
    await this.#untilRedundant(primary);
    await hosts.untilLeased(standby, subject);
  }

  /** Once its agent is there again, and has fenced it. */
  async #rejoin({ name }: ReplicatedNode): Promise<void> {
    const rejoin = ['database', 'rejoin', '-f', this.#plan, '--node', name, '--watch'];
    await until(`${name} is a standby`, () =>
      this.#belay.run(rejoin).then(
        () => true,
        () => false,
      ),
    );
  }

  async #untilRedundant(primary: ReplicatedNode): Promise<void> {
    const endsAtMs = Date.now() + redundantWithinMs;
    for (;;) {
      const streaming = await primary
        .sql("SELECT 1 FROM pg_stat_replication WHERE state = 'streaming'")
        .catch(() => []);
      const isPrimary = streaming.length > 0 && (await this.primary()) === primary;
      if (isPrimary) return;
      if (Date.now() > endsAtMs) {
        const report = await this.lastReport();
        const last = `${report?.kind} ${report?.outcome}: ${report?.reason}`;
        const runs = [
          `database-watch/${environment}/${database}`,
          `database/${environment}/${database}`,
        ];
        const shown = runs.map((run) => this.#belay.output(['status', run]).catch(String));
        const watch = (await Promise.all(shown)).join('\n');
        throw new Error(
          `${primary.name} does not lead with a standby; the last run: ${last}\n${watch}`,
        );
      }
      await sleep(100);
    }
  }

  async #start({ confirmFor, lease }: PooledOptions): Promise<void> {
    const { agentSettings, agentState } = homeLayout(this.#home);
    const { nodes } = this.#servers;
    const hosts = this.#hosts;
    const clusters = Object.fromEntries(nodes.map((node) => [node.name, node.settings()]));
    const addresses = nodes.map(({ address }) => address);
    await mkdir(dirname(agentSettings), { recursive: true });
    await writeFile(
      agentSettings,
      stringify({
        ...{ name: 'local', stateFolder: agentState, ...(hosts === undefined && { clusters }) },
        routers: { shop: this.#pooler.settings(addresses) },
      }),
    );
    await writeFile(
      this.#plan,
      stringify({
        ...{ kind: 'databaseWatch', environment, database, confirmFor, every: '200ms' },
        ...{ automatic: true, automaticAgainAfter: 0, maxLoss: { bytes: 100_000_000, time: '1m' } },
        ...(lease !== undefined && { lease }),
        nodes: Object.fromEntries(
          nodes.map(({ name, address: { host, port } }) => {
            const by = hosts === undefined ? ['local', name] : [name, 'main'];
            return [name, { agent: by[0], cluster: by[1], address: `${host}:${port}` }];
          }),
        ),
        routes: [{ pgbouncer: { agent: 'local', router: 'shop' } }],
      }),
    );
    progress('starting Belay');
    const port = hosts === undefined ? [] : ['--temporal-port', String(hosts.temporalPort)];
    await this.#belay.run(['up', '--detach', ...port]);
    await hosts?.startAgents({ belay: this.#belay, home: this.#home, nodes });
  }
}
