import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { stringify } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createReachServerActivities } from '../../../activities/recovery/reach-server.ts';
import {
  ReplicatedDatabase,
  type ReplicatedNode,
} from '../../../scripts/archived-postgres/replicated-database.ts';
import { homeLayout } from '../../../src/config/home.ts';
import { databaseKinds } from '../../../src/kinds/databases.ts';
import { untracedWorkflows } from '../../../src/telemetry/tracing/trace-workflows.ts';
import { requireBackupPrograms } from '../../fixtures/backups/find-programs.ts';
import { builtProgram, builtWorkflows } from '../../fixtures/built.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { ScriptedRun } from '../../fixtures/scripted-run.ts';
import { createNodeControl } from '../../fixtures/scripted-control.ts';
import { ScriptedNodes } from '../../fixtures/scripted-nodes.ts';
import { devServer } from '../../fixtures/temporal.ts';

const programs = await requireBackupPrograms('the return of a host');
const taskQueue = 'recoveries';
const name = 'orders';

let env: TestWorkflowEnvironment;
let database: ReplicatedDatabase;
let first: Host;
let second: Host;
let worker: Worker;
let working: Promise<void>;
const told = new ScriptedNodes(name);

/** One server and the agent of its host, each in processes of its own. */
class Host {
  readonly node: ReplicatedNode;
  readonly home: string;
  #agent: ChildProcess | undefined;

  constructor(node: ReplicatedNode, home: string) {
    this.node = node;
    this.home = home;
  }

  async startAgent(): Promise<void> {
    const { agentState, agentRun } = homeLayout(this.home);
    const { name } = this.node;
    const file = join(this.home, 'agent.yaml');
    const settings = { name, stateFolder: agentState, clusters: { main: this.node.settings() } };
    await writeFile(file, stringify(settings));
    const log = openSync(join(this.home, 'agent.log'), 'a');
    this.#agent = spawn(process.execPath, [...(await builtProgram('workers/agent')), file], {
      stdio: ['ignore', log, log],
      env: { ...process.env, BELAY_HOME: this.home, TEMPORAL_ADDRESS: env.address },
    });
    await eventually(async () => {
      if (!existsSync(agentRun(name))) throw new Error(this.log());
    }, 60_000);
  }

  log(): string {
    return readFileSync(join(this.home, 'agent.log'), 'utf8');
  }

  async killAgent(): Promise<void> {
    if (this.#agent === undefined) return;
    this.#agent.kill('SIGKILL');
    if (this.#agent.exitCode === null && this.#agent.signalCode === null) {
      await once(this.#agent, 'exit');
    }
    await rm(homeLayout(this.home).agentRun(this.node.name), { force: true });
  }

  /** As a host that loses its power. */
  async lose(): Promise<void> {
    await this.killAgent();
    await this.node.signalAll('SIGKILL');
  }
}

/** Writes to one node again and again, on a connection of its own each time. */
class Writer {
  lastAcknowledgedMs = 0;
  acknowledged = 0;
  #isOver = false;
  readonly #running: Promise<void>;

  constructor(node: ReplicatedNode) {
    this.#running = this.#write(node);
  }

  async #write(node: ReplicatedNode): Promise<void> {
    while (!this.#isOver) {
      await node
        .sql("SET default_transaction_read_only = off; INSERT INTO orders (by) VALUES ('client')")
        .then(() => {
          this.acknowledged += 1;
          this.lastAcknowledgedMs = performance.now();
        })
        .catch(() => sleep(10));
    }
  }

  async stop(): Promise<this> {
    this.#isOver = true;
    await this.#running;
    return this;
  }
}

const runOf = (workflowId: string) => new ScriptedRun(env.client.workflow.getHandle(workflowId));

beforeAll(async () => {
  if (programs === undefined) return;
  [env, database] = await Promise.all([devServer(), ReplicatedDatabase.start(programs.postgres)]);
  const hosts = database.nodes.map(
    async (node) => new Host(node, await mkdtemp(join(tmpdir(), 'belay-host-'))),
  );
  [first, second] = (await Promise.all(hosts)) as [Host, Host];
  worker = await Worker.create({
    ...{ connection: env.nativeConnection, taskQueue, sinks: untracedWorkflows },
    workflowBundle: await builtWorkflows(),
    activities: { ...createNodeControl(() => told, env.client), ...createReachServerActivities() },
  });
  working = worker.run();
  await Promise.all([first.startAgent(), second.startAgent()]);
});

afterAll(async () => {
  if (programs === undefined) return;
  worker.shutdown();
  await working;
  await Promise.all([first, second].map((host) => host.killAgent()));
  await Promise.all([first, second].map(({ home }) => rm(home, { recursive: true, force: true })));
  await database.close();
  await env.teardown();
});

describe.skipIf(programs === undefined)('a host of which a person said that it is off', () => {
  it('takes no write once its agent is back with it, however its server was started', async () => {
    await first.lose();
    const downSinceMs = Date.now() - 60_000;
    await env.client.workflow.start(databaseKinds.failover.workflowType, {
      ...{ taskQueue, workflowId: `database/${name}/${name}` },
      args: [
        { kind: 'failover', plan: plan(), seen: { node: 'n1', downSinceMs } },
        { requestId: 'one', by: 'ana' },
      ],
    });
    const failover = runOf(`database/${name}/${name}`);
    await failover.until(({ now }) => now.includes('that n1 is off, and stays off'));
    await failover.send('approve');
    await failover.until(({ now }) => now.includes('nobody can say how much would be lost'));
    await failover.send('approve');
    expect(await failover.report()).toMatchObject({
      outcome: 'FailedOver',
      details: { from: 'n1', to: 'n2', unfenced: 'n1' },
    });
    const fence = runOf(`database-fence/${name}/${name}.n1`);
    await fence.until(({ phase }) => phase === 'unfenced');

    // Its init starts the server before the agent: until that is there, nobody can keep it from writing.
    expect((await first.node.start()).exitCode).toBe(0);
    const writer = new Writer(first.node);
    const other = new Writer(second.node);
    await eventually(async () => expect(writer.acknowledged).toBeGreaterThan(10));
    const backMs = performance.now();
    await first.startAgent();
    const pollingMs = performance.now();
    expect(await fence.report()).toMatchObject({
      ...{ outcome: 'Fenced', details: { from: 'n1', to: 'n2', fence: { how: 'killed' } } },
    });
    const fencedMs = performance.now();
    const acknowledged = writer.acknowledged;
    expect((await first.node.start()).exitCode).not.toBe(0);
    await sleep(500);
    await Promise.all([writer.stop(), other.stop()]);
    expect(writer.acknowledged).toBe(acknowledged);
    expect(writer.lastAcknowledgedMs).toBeLessThan(fencedMs);
    expect(other.lastAcknowledgedMs).toBeGreaterThan(fencedMs);
    const window = [writer.lastAcknowledgedMs - backMs, writer.lastAcknowledgedMs - pollingMs];
    console.info(
      `last write ${window.map((ms) => ms.toFixed(0)).join(' ms and ')} ms after the agent was started, and polled`,
    );
    expect(writer.lastAcknowledgedMs - pollingMs).toBeLessThan(5_000);
  });
});

function plan(): object {
  return {
    ...{ kind: 'databaseWatch', environment: name, database: name, confirmFor: '1s' },
    nodes: Object.fromEntries(
      [first, second].map(({ node }) => [
        node.name,
        { agent: node.name, cluster: 'main', address: `127.0.0.1:${node.port}` },
      ]),
    ),
  };
}
