import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import {
  openDatabaseNodes,
  type DatabaseNodes,
} from '../../../src/adapters/postgres/database-nodes.ts';
import { createStartKeeper } from '../../../src/adapters/postgres/lease/start-keeper.ts';
import { openDatabases } from '../../../src/agent/databases/open-databases.ts';
import { openHost, type OpenHost } from '../../../src/agent/host.ts';
import { unattended } from '../../../src/agent/unattended.ts';
import type { Attempt } from '../../../src/contracts/kernel/agent-host.ts';
import type { DatabaseHost } from '../../../src/contracts/recovery/database-host.ts';
import type { NodeAddress } from '../../../src/contracts/recovery/database-node.ts';
import { ownProgram } from '../../../src/embedded/own-process.ts';
import { resolveHostSettings } from '../../../src/specs/agent-settings.ts';
import {
  ReplicatedDatabase,
  type ReplicatedNode,
} from '../../../scripts/archived-postgres/replicated-database.ts';

type Calls = {
  [Name in keyof DatabaseHost]: (
    call?: Omit<Parameters<DatabaseHost[Name]>[0], 'contract' | 'agent' | 'cluster' | 'act'> & {
      step?: number;
    },
    attempt?: Attempt,
  ) => ReturnType<DatabaseHost[Name]>;
};

/** A node and the agent of its host. */
export interface AgentOfNode extends Calls {
  node: ReplicatedNode;
  stateFolder: string;
  address: NodeAddress;
  /** As a new agent of this host would be. */
  reopen(changed?: Record<string, unknown>): Promise<void>;
  close(): Promise<void>;
}

/** A real replicated database, each node with the parts of an agent, without Temporal. */
export class NodeWorld {
  readonly database: ReplicatedDatabase;
  readonly agents: AgentOfNode[];

  private constructor(database: ReplicatedDatabase, agents: AgentOfNode[]) {
    this.database = database;
    this.agents = agents;
  }

  static async open(programs: string, count = 2): Promise<NodeWorld> {
    const database = await ReplicatedDatabase.start(programs, count);
    const agents = await Promise.all(database.nodes.map((node) => openAgent(node)));
    return new NodeWorld(database, agents);
  }

  async close(): Promise<void> {
    await Promise.all(this.agents.map((agent) => agent.close()));
    await this.database.close();
  }
}

export async function openAgent(
  node: ReplicatedNode,
  more: Record<string, unknown> = {},
): Promise<AgentOfNode> {
  const stateFolder = await mkdtemp(join(tmpdir(), 'belay-agent-'));
  const settings = (changed: Record<string, unknown>) => node.settings(changed);
  let opened = await openParts(node.name, settings(more), stateFolder);
  let lastStep = 0;
  const base = { contract: 1, agent: node.name, cluster: 'main' };
  const calls = Object.fromEntries(
    (Object.keys(opened.databases) as (keyof DatabaseHost)[]).map((name) => [
      name,
      (call: { step?: number } = {}, attempt = unattended) => {
        const { step = lastStep + 1, ...rest } = call;
        lastStep = Math.max(lastStep, step);
        const act = { runRef: 'prod/shop/1', step };
        const work = opened.databases[name] as (
          call: unknown,
          attempt: Attempt,
          onAnswer: () => void,
        ) => unknown;
        return work({ ...base, act, ...rest }, attempt, () => undefined);
      },
    ]),
  ) as unknown as Calls;
  return {
    ...calls,
    ...{ node, stateFolder, address: node.address },
    reopen: async (changed = more) => {
      await opened.host.close();
      opened = await openParts(node.name, settings(changed), stateFolder);
    },
    close: async () => {
      await opened.host.close();
      await rm(stateFolder, { recursive: true, force: true });
    },
  };
}

/** The parts of the agent `name` whose only cluster is `main`. */
export async function openParts(
  name: string,
  main: Record<string, unknown>,
  stateFolder: string,
): Promise<{ host: OpenHost; databases: DatabaseHost; nodes: DatabaseNodes }> {
  const written = stringify({ name, stateFolder, clusters: { main } });
  const resolution = resolveHostSettings(written);
  if (!resolution.ok) throw new Error(JSON.stringify(resolution.problems));
  const { settings } = resolution;
  const host = await openHost({
    settings,
    startWatchdog: () => Promise.reject(new Error('no act of a database has a watchdog')),
    onError: (message, error) => console.warn(message, error),
    onSwept: () => undefined,
  });
  const { clusters } = settings;
  const parts = { agent: name, clusters };
  const nodes = await openDatabaseNodes({
    ...{ ...parts, tools: host.tools, stateFolder },
    startKeeper: createStartKeeper(ownProgram('workers/database-lease')),
    onError: (message, error) => console.warn(message, error),
  });
  const databases = openDatabases({ ...parts, once: host.once, nodes: nodes.host });
  return { host, databases, nodes };
}
