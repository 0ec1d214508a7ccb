import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { nodeFolder } from '../../../src/adapters/postgres/database-nodes.ts';
import type { FenceEvidence } from '../../../src/contracts/recovery/database-node.ts';
import { requireBackupPrograms } from '../../fixtures/backups/find-programs.ts';
import { eventually } from '../../fixtures/eventually.ts';
import type { ReplicatedNode } from '../../../scripts/archived-postgres/replicated-database.ts';
import type { Beat, LeasedAgentJob, ScriptedTemporal } from './leased-agent.ts';
import { NodeWorld, type AgentOfNode } from './node-world.ts';

const programs = await requireBackupPrograms('leases of databases');
const leaseMs = 3_000;
/** Of its keeper, and of a machine that is busy. */
const lateMs = 1_500;

let world: NodeWorld;
let old: AgentOfNode;
let next: AgentOfNode;
const agents: LeasedAgent[] = [];

beforeAll(async () => {
  if (programs === undefined) return;
  world = await NodeWorld.open(programs.postgres);
  [old, next] = world.agents as [AgentOfNode, AgentOfNode];
});

afterEach(async () => {
  for (const agent of agents.splice(0)) await agent.close();
});

afterAll(async () => {
  if (programs !== undefined) await world.close();
});

/** Watches a node with a lease, in a process of its own. */
class LeasedAgent {
  readonly #node: ReplicatedNode;
  readonly #folder: string;
  readonly #leaseMs: number;
  #process: ChildProcess | undefined;

  private constructor(node: ReplicatedNode, folder: string, forMs: number) {
    this.#node = node;
    this.#folder = folder;
    this.#leaseMs = forMs;
  }

  static async start(node: ReplicatedNode, forMs = leaseMs): Promise<LeasedAgent> {
    const folder = await mkdtemp(join(tmpdir(), 'belay-leased-'));
    const agent = new LeasedAgent(node, folder, forMs);
    agents.push(agent);
    agent.temporal({ answers: true, closed: {} });
    writeFileSync(agent.#beatsFile, '');
    agent.run();
    await eventually(
      async () => expect(agent.beats().at(-1)).toMatchObject({ leaseMs: forMs }),
      20_000,
    );
    return agent;
  }

  get #beatsFile(): string {
    return join(this.#folder, 'beats');
  }

  get leases(): string {
    return join(nodeFolder(join(this.#folder, 'state'), 'main'), 'leases');
  }

  run(): void {
    const job: LeasedAgentJob = {
      ...{ name: this.#node.name, settings: this.#node.settings(), leaseMs: this.#leaseMs },
      ...{ stateFolder: join(this.#folder, 'state'), beats: this.#beatsFile },
      temporal: join(this.#folder, 'temporal'),
    };
    const program = join(import.meta.dirname, 'leased-agent.ts');
    this.#process = spawn(process.execPath, ['--import', 'tsx', program, JSON.stringify(job)], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }

  temporal(now: ScriptedTemporal): void {
    writeFileSync(join(this.#folder, 'temporal'), JSON.stringify(now));
  }

  /** How Temporal closed the activity of the process that runs. */
  closed(how: 'ended' | 'timed-out'): void {
    this.temporal({ answers: true, closed: { [String(this.#process?.pid)]: how } });
  }

  beats(): Beat[] {
    const lines = readFileSync(this.#beatsFile, 'utf8').trim().split('\n');
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Beat);
  }

  signal(name: NodeJS.Signals): void {
    this.#process?.kill(name);
  }

  /** As the init system of its host does. Returns its exit code. */
  async stop(): Promise<number | null> {
    const agent = this.#process;
    if (agent === undefined) throw new Error('the agent has not been started');
    const ended = once(agent, 'exit');
    agent.kill('SIGTERM');
    const [exitCode] = (await ended) as [number | null];
    return exitCode;
  }

  signalKeeper(name: NodeJS.Signals): void {
    const { keeper } = JSON.parse(readFileSync(join(this.leases, 'keeper'), 'utf8')) as {
      keeper: { pid: number };
    };
    process.kill(keeper.pid, name);
  }

  async holders(): Promise<string[]> {
    return (await readdir(this.leases)).filter((name) => /^[0-9a-f].*\.json$/.test(name));
  }

  async close(): Promise<void> {
    this.signal('SIGKILL');
    try {
      this.signalKeeper('SIGKILL');
    } catch {
      // It has ended.
    }
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Writes all the time; `acknowledgedMs` is when the last write was. */
function writeTo(node: ReplicatedNode) {
  const seen: { acknowledgedMs: number; isOver: boolean } = { acknowledgedMs: 0, isOver: false };
  const goesOn = () => !seen.isOver;
  void (async () => {
    while (goesOn()) {
      const client = await node.connect().catch(() => undefined);
      try {
        while (client && goesOn()) {
          await client.query("INSERT INTO orders (by) VALUES ('client')");
          seen.acknowledgedMs = Date.now();
          await sleep(5);
        }
      } catch {
        // It takes no writes: asked again soon.
      } finally {
        await client?.end().catch(() => undefined);
      }
      await sleep(20);
    }
  })();
  return seen;
}

const fenced = async (agent: AgentOfNode): Promise<FenceEvidence> => {
  let fence: FenceEvidence | undefined;
  await eventually(async () => {
    const facts = await agent.examineNode();
    fence = facts.fence;
    expect(facts).toMatchObject({ state: 'fenced', fence: {} });
  }, leaseMs + 10_000);
  if (fence === undefined) throw new Error('there is no evidence');
  return fence;
};

/** As a person lifts a fence who knows that nothing was promoted. */
async function liftFence(agent: AgentOfNode): Promise<void> {
  const { dataFolder } = agent.node;
  const global = join(dataFolder, 'global');
  await rename(join(global, 'pg_control.fenced-by-belay'), join(global, 'pg_control'));
  await rm(join(dataFolder, 'standby.signal'));
  await rm(join(dataFolder, 'belay-fence.json'));
  expect(await agent.restartNode()).toMatchObject({ state: 'primary' });
}

describe.skipIf(programs === undefined)('a primary whose host keeps a lease of it', () => {
  it('has fenced itself before its standby is promoted where its agent was killed', async () => {
    const [atOld, atNext] = [writeTo(old.node), writeTo(next.node)];
    const agent = await LeasedAgent.start(old.node);
    agent.signal('SIGKILL');
    const lastMs = agent.beats().at(-1)?.sentMs ?? 0;
    await sleep(lastMs + leaseMs + lateMs - Date.now());
    const { systemIdentifier = '', timeline = 0, receivedLsn = '' } = await next.examineNode();
    const fence = {
      ...{ agent: 'n1', cluster: 'main', systemIdentifier, timeline, lsn: '' },
      ...{ how: 'lease-expired' as const, by: 'a watch', atMs: Date.now(), seen: [] },
    };
    const promotedMs = Date.now();
    await next.promoteNode({ fence, expected: { systemIdentifier, timeline, receivedLsn } });
    await eventually(async () => expect(atNext.acknowledgedMs).toBeGreaterThan(promotedMs));
    expect(atOld.acknowledgedMs).toBeGreaterThan(lastMs);
    expect(atOld.acknowledgedMs).toBeLessThan(promotedMs);
    expect(await fenced(old)).toMatchObject({
      ...{ how: 'lease-expired', timeline: 1, lsn: expect.stringMatching(/^0\//) as string },
      seen: expect.arrayContaining(['no heartbeat was accepted for 3000 ms']) as string[],
    });
    expect((await old.node.start()).exitCode).not.toBe(0);
    expect(await agent.holders()).toEqual([]);
    atOld.isOver = atNext.isOver = true;
  });

  it('fences itself where its agent is frozen, and where Temporal does not answer', async () => {
    for (const strike of ['freeze', 'cut off'] as const) {
      const agent = await LeasedAgent.start(next.node);
      const lastMs = agent.beats().at(-1)?.sentMs ?? 0;
      const client = writeTo(next.node);
      if (strike === 'freeze') agent.signal('SIGSTOP');
      else agent.temporal({ answers: false, closed: {} });
      expect(await fenced(next), strike).toMatchObject({ how: 'lease-expired' });
      client.isOver = true;
      expect(client.acknowledgedMs - lastMs, strike).toBeLessThan(leaseMs + lateMs);
      await liftFence(next);
    }
  });

  it('is left alone where its agent was started again in time, and where its watch has ended', async () => {
    const forMs = 20_000;
    const agent = await LeasedAgent.start(next.node, forMs);
    const [first = ''] = await agent.holders();
    agent.signal('SIGKILL');
    agent.run();
    await eventually(async () => {
      const now = await agent.holders();
      expect(now.length).toBe(1);
      expect(now).not.toContain(first);
    }, 20_000);
    agent.closed('ended');
    await eventually(async () => expect(await agent.holders()).toEqual([]), 20_000);
    expect(await next.examineNode()).toMatchObject({ state: 'primary' });
  });

  it('is left alone where its agent is stopped, and stays away for longer than the lease', async () => {
    const agent = await LeasedAgent.start(next.node);
    const client = writeTo(next.node);
    expect(await agent.stop()).toBe(0);
    expect(await agent.holders()).toEqual([]);
    await sleep(leaseMs + lateMs);
    expect(await next.examineNode()).toMatchObject({ state: 'primary' });
    const nowMs = Date.now();
    await eventually(async () => expect(client.acknowledgedMs).toBeGreaterThan(nowMs), 5_000);
    client.isOver = true;
  });

  it('is fenced at once where Temporal says that its heartbeats were missed', async () => {
    const agent = await LeasedAgent.start(next.node);
    agent.closed('timed-out');
    expect(await fenced(next)).toMatchObject({ how: 'lease-expired' });
    await liftFence(next);
  });

  it('has a new keeper where that was frozen, and is fenced first thing by an agent that finds it late', async () => {
    const agent = await LeasedAgent.start(next.node);
    agent.signalKeeper('SIGSTOP');
    await eventually(async () => expect(agent.beats().at(-1)?.leaseMs).toBeUndefined(), 20_000);
    await eventually(async () => expect(agent.beats().at(-1)).toMatchObject({ leaseMs }), 20_000);
    agent.signal('SIGKILL');
    agent.signalKeeper('SIGKILL');
    await sleep(leaseMs + lateMs);
    expect(await next.examineNode()).toMatchObject({ state: 'primary' });
    agent.run();
    expect(await fenced(next)).toMatchObject({
      seen: expect.arrayContaining([
        'its lease ran out while no agent ran on its host',
      ]) as string[],
    });
    expect(existsSync(join(next.node.dataFolder, 'standby.signal'))).toBe(true);
  });
});
