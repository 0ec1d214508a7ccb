import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { stringify } from 'yaml';
import { readChangeControlState } from '../../../../src/adapters/temporal/change-control.ts';
import { ownProgram } from '../../../../src/embedded/own-process.ts';
import { databaseKinds } from '../../../../src/kinds/databases.ts';
import { workflowIdOf } from '../../../../src/kinds/locks.ts';
import { regionKinds } from '../../../../src/kinds/regions.ts';
import { Pooler } from '../../../../scripts/archived-postgres/pooler.ts';
import {
  ReplicatedDatabase,
  type ReplicatedNode,
} from '../../../../scripts/archived-postgres/replicated-database.ts';
import { eventually } from '../../../fixtures/eventually.ts';
import { RestartedProcess } from '../restarted-process.ts';
import type { TwoClusters } from '../regions/two-clusters.ts';
import type { World } from '../world.ts';
import type { HostNetwork } from '../../../../scripts/archived-postgres/host-network.ts';

/** On a machine that is busy. */
const readyWithinMs = 180_000;
const database = 'orders';
const kinds = { ...databaseKinds, ...regionKinds };

export type SiteKind = keyof typeof kinds;

const poolAgent = 'pool';

export interface SiteParts {
  programs: string;
  /** Absent: clients find the primary by themselves. */
  pgbouncer?: string;
  /** The bundle of the workflows, with a place at the end of each of their tasks. */
  bundle: string;
  nodes: number;
  /** Absent: all on loopback. */
  network?: HostNetwork;
  /** All servers have the same port, as clients that resolve a name need it. */
  onePort?: boolean;
  /** What agents of nodes may do beyond their clusters, and agents of other hosts, by name. */
  agents?: (nodes: readonly ReplicatedNode[]) => Readonly<Record<string, object>>;
  /** Of services that move with it. */
  clusters?: TwoClusters;
  /** What the worker is told beside. */
  settings?: Readonly<Record<string, string>>;
}

/** A replicated database, the agent of each of its hosts, a pooler, and the worker of its runs: each can be killed. */
export class DatabaseSite {
  readonly name: string;
  readonly world: World;
  readonly home: string;
  readonly worker: RestartedProcess;
  /** By the name of a node, or `pool`. */
  readonly agents = new Map<string, RestartedProcess>();
  readonly #parts: SiteParts;
  servers!: ReplicatedDatabase;
  #pooler: Pooler | undefined;

  private constructor(world: World, name: string, parts: SiteParts) {
    this.world = world;
    this.name = name;
    this.home = join(world.home, 'sites', name);
    this.#parts = parts;
    this.worker = new RestartedProcess('./doomed-worker.ts', {
      ...{ env: this.#env, logFile: join(this.home, 'worker.log') },
      given: { bundle: parts.bundle, trap: this.trapFileOf('worker') },
    });
  }

  static async open(world: World, name: string, parts: SiteParts): Promise<DatabaseSite> {
    const site = new DatabaseSite(world, name, parts);
    await mkdir(site.home, { recursive: true });
    for (const folder of [world.home, join(world.home, 'sites'), site.home]) {
      await chmod(folder, 0o711);
    }
    try {
      await site.worker.start();
      await site.#build();
    } catch (error) {
      await site.close();
      throw error;
    }
    return site;
  }

  get nodes(): readonly ReplicatedNode[] {
    return this.servers.nodes;
  }

  get #env(): NodeJS.ProcessEnv {
    const { settings } = this.#parts;
    return { ...process.env, ...this.world.workerEnvironment(this.taskQueue), ...settings };
  }

  get clusters(): TwoClusters | undefined {
    return this.#parts.clusters;
  }

  get taskQueue(): string {
    return `crash-${this.name}`;
  }

  trapFileOf(process: string): string {
    return join(this.home, `${process}-trap.json`);
  }

  agentOf(node: string): string {
    return `${this.name}-${node}`;
  }

  plan(more: object = {}): object {
    return {
      ...{ kind: 'databaseWatch', environment: this.name, database },
      ...{ confirmFor: '2s', every: '200ms', automatic: true, automaticAgainAfter: 0 },
      maxLoss: { bytes: 1_000_000_000, time: '1h' },
      nodes: Object.fromEntries(
        this.nodes.map(({ name, address }) => [
          name,
          {
            agent: this.agentOf(name),
            cluster: 'main',
            address: `${address.host}:${address.port}`,
          },
        ]),
      ),
      ...(this.#pooler && {
        routes: [{ pgbouncer: { agent: this.agentOf(poolAgent), router: 'shop' } }],
      }),
      ...more,
    };
  }

  start(kind: SiteKind, spec: object): Promise<WorkflowHandle> {
    const definition = kinds[kind];
    return this.world.client.workflow.start(definition.workflowType, {
      workflowId: this.#workflowId(kind),
      ...{ taskQueue: this.taskQueue, workflowTaskTimeout: '3 s', args: [spec] },
    });
  }

  /** The one that is open, or was last. */
  run(kind: SiteKind): WorkflowHandle {
    return this.world.client.workflow.getHandle(this.#workflowId(kind));
  }

  async primary(among = this.nodes): Promise<ReplicatedNode | undefined> {
    for (const node of among) {
      const [row] = await node
        .sql<{ is: boolean }>('SELECT NOT pg_is_in_recovery() AS is')
        .catch(() => []);
      if (row?.is === true) return node;
    }
    return undefined;
  }

  /** Names of the standbys that stream from a node. */
  async streaming(primary: ReplicatedNode): Promise<string[]> {
    const rows = await primary
      .sql<{ slot: string }>(
        `SELECT s.slot_name AS slot FROM pg_stat_replication r JOIN pg_replication_slots s
           ON s.active_pid = r.pid WHERE r.state = 'streaming'`,
      )
      .catch(() => []);
    return rows.map(({ slot }) => slot).sort();
  }

  /** As at the start of every run: one primary that everybody follows, and to which clients are led. */
  async untilSound(withinMs = readyWithinMs): Promise<ReplicatedNode> {
    return eventually(async () => {
      const primary = await this.primary();
      if (primary === undefined) throw new Error('there is no primary');
      const streaming = await this.streaming(primary);
      if (streaming.length !== this.nodes.length - 1) {
        throw new Error(`only ${streaming.join()} follow ${primary.name}`);
      }
      return primary;
    }, withinMs);
  }

  /** A client's row goes through the pooler, where there is one. */
  async writeAsClient(id: number): Promise<void> {
    const client = await (this.#pooler?.connect() ?? (await this.primary())?.connect());
    if (client === undefined) throw new Error('there is no primary');
    try {
      await client.query('INSERT INTO marks VALUES ($1)', [id]);
    } finally {
      await client.end();
    }
  }

  /** Everything that a run may leave behind, in words. */
  async leftovers(): Promise<string[]> {
    const left: string[] = [];
    for (const node of this.nodes) {
      const state = join(this.home, node.name, 'state');
      if (existsSync(join(node.dataFolder, 'belay-fence.json'))) left.push(`fence of ${node.name}`);
      left.push(...(await namesIn(node.folder, isStray)).map((name) => `${node.name}/${name}`));
      left.push(...(await namesBelow(state, 'leases')).map((name) => `lease ${name}`));
      const slots = await node
        .sql<{ slot: string }>(
          'SELECT slot_name AS slot FROM pg_replication_slots WHERE NOT active',
        )
        .catch(() => []);
      left.push(...slots.map(({ slot }) => `slot ${slot} of ${node.name}, which nobody uses`));
    }
    const paused = (await this.#pooler?.ask('SHOW DATABASES'))?.filter(
      ({ paused, disabled }) => Number(paused) !== 0 || Number(disabled) !== 0,
    );
    left.push(...(paused ?? []).map(({ name }) => `clients of ${String(name)} are paused`));
    return [...left, ...(await this.#permits()), ...(await this.#openRuns())];
  }

  /** From nothing, after a run that did not end well. */
  async renew(): Promise<void> {
    for (const kind of Object.keys(kinds) as SiteKind[]) {
      await this.run(kind)
        .terminate('the trial is over')
        .catch(() => undefined);
    }
    await this.#takeDown();
    for (const name of await readdir(this.home)) {
      if (this.nodes.some((node) => node.name === name) || name === poolAgent) {
        await rm(join(this.home, name), { recursive: true, force: true });
      }
    }
    await this.#build();
  }

  async close(): Promise<void> {
    await this.#takeDown();
    await this.worker.end();
    this.clusters?.close();
  }

  async #takeDown(): Promise<void> {
    for (const agent of this.agents.values()) await agent.end();
    this.agents.clear();
    await this.#pooler?.down();
    await (this.servers as ReplicatedDatabase | undefined)?.close();
  }

  async #build(): Promise<void> {
    const { programs, pgbouncer, nodes, network, onePort = false, agents } = this.#parts;
    const hosts = network?.hosts ?? [];
    this.servers = await ReplicatedDatabase.start(programs, nodes, { hosts, onePort });
    const [first] = this.nodes as [ReplicatedNode];
    await first.sql('CREATE TABLE marks (id bigint PRIMARY KEY)');
    if (pgbouncer !== undefined) {
      const folder = join(this.servers.folder, poolAgent);
      this.#pooler = await Pooler.start({ program: pgbouncer, folder, server: first.address });
    }
    const addresses = this.nodes.map(({ address }) => address);
    const written = agents?.(this.nodes) ?? {};
    const settings = new Map<string, object>(
      this.nodes.map((node) => [
        node.name,
        { ...written[node.name], clusters: { main: node.settings() } },
      ]),
    );
    for (const [name, more] of Object.entries(written)) {
      if (!settings.has(name)) settings.set(name, more);
    }
    if (this.#pooler)
      settings.set(poolAgent, { routers: { shop: this.#pooler.settings(addresses) } });
    const watchdog = ownProgram('src/agent/watchdog/main');
    for (const [name, more] of settings) {
      const home = join(this.home, name);
      await mkdir(home, { recursive: true });
      const file = join(home, 'agent.yaml');
      await writeFile(
        file,
        stringify({ name: this.agentOf(name), stateFolder: join(home, 'state'), ...more }),
      );
      const host = network?.hosts[[...settings.keys()].indexOf(name)];
      const agent = new RestartedProcess('./doomed-agent.ts', {
        env: { ...this.#env, ...(network && { TEMPORAL_ADDRESS: network.temporal }) },
        ...(host && { enter: host.enter }),
        logFile: join(this.home, `${name}.log`),
        given: {
          ...{ settings: file, trap: this.trapFileOf(name) },
          ...{ ready: join(home, 'ready'), watchdog },
        },
      });
      this.agents.set(name, agent);
      await agent.start();
    }
    for (const [name, agent] of this.agents) {
      await eventually(async () => {
        const log = join(this.home, `${name}.log`);
        if (await agent.isDead()) throw new Error(await readFile(log, 'utf8'));
        await readFile(join(this.home, name, 'ready'));
      }, readyWithinMs);
    }
  }

  async #permits(): Promise<string[]> {
    const state = await readChangeControlState(this.world.client, {
      environment: this.name,
      deadlineMs: Date.now() + 10_000,
    });
    return (state?.permits ?? []).map(({ runRef }) => `permit of ${runRef}`);
  }

  async #openRuns(): Promise<string[]> {
    const ids = [
      ...new Set((Object.keys(kinds) as SiteKind[]).map((kind) => this.#workflowId(kind))),
    ];
    const open: string[] = [];
    for (const id of ids) {
      const status = await this.world.client.workflow
        .getHandle(id)
        .describe()
        .then(
          (described) => described.status.name,
          () => 'none',
        );
      if (status === 'RUNNING') open.push(`${id} is open`);
    }
    return open;
  }

  #workflowId(kind: SiteKind): string {
    return workflowIdOf(kinds[kind], { environment: this.name, name: database });
  }
}

/** The folder of a node has its data, its log and its sockets; old folders are kept as evidence. */
function isStray(name: string): boolean {
  return !/^(data|server\.log|\.s\.PGSQL\..*|data\.before-.*)$/.test(name);
}

async function namesIn(folder: string, wanted: (name: string) => boolean): Promise<string[]> {
  return (await readdir(folder).catch(() => [])).filter(wanted);
}

async function namesBelow(folder: string, wanted: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  return names.filter((name) => name.includes(`${wanted}/`) && name.endsWith('.json'));
}
