import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { readAgentRecord } from '../../../src/adapters/temporal/agents.ts';
import type { Component } from '../../../src/contracts/backups/source.ts';
import type { AgentDescription } from '../../../src/contracts/kernel/agent.ts';
import type { BackupPrograms } from '../../../scripts/archived-postgres/find-programs.ts';
import { ArchivedCluster } from '../../../scripts/archived-postgres/archived-cluster.ts';
import { TestRestic } from '../../fixtures/backups/test-restic.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { AgentWorld } from '../agent-world.ts';
import type { AskedOfStore } from './store-workflows.ts';

const heartbeatMs = 1_500;

/** An agent that backs up a real cluster and real files, by tools that wait where the test says so. */
export class StoreWorld {
  readonly agents: AgentWorld;
  readonly cluster: ArchivedCluster;
  readonly restic: TestRestic;

  private constructor(agents: AgentWorld, cluster: ArchivedCluster, restic: TestRestic) {
    this.agents = agents;
    this.cluster = cluster;
    this.restic = restic;
  }

  static async open(programs: BackupPrograms): Promise<StoreWorld> {
    const cluster = await ArchivedCluster.start(programs, { cipherPass: 'a passphrase of tests' });
    const restic = await TestRestic.create(programs);
    const agents = await AgentWorld.open('store', {
      workflows: './backups/store-workflows.ts',
      more: async (home) => {
        await mkdir(join(home, 'gates'), { mode: 0o755 });
        await mkdir(uploads(home));
        await writeFile(join(uploads(home), 'picture'), 'of a lamp');
        await writeGate(home, 'pgbackrest', programs.pgbackrest);
        await writeGate(home, 'restic', programs.restic);
        const { pgbackrest, ...rest } = cluster.settings() as { pgbackrest: object };
        const { restic: written } = restic.settings() as { restic: object };
        return {
          clusters: {
            main: { ...rest, pgbackrest: { ...pgbackrest, program: join(home, 'pgbackrest') } },
          },
          backups: {
            repositories: { files: { restic: { ...written, program: join(home, 'restic') } } },
            paths: [uploads(home)],
            scratch: { folder: join(home, 'copies') },
          },
        };
      },
    });
    const world = new StoreWorld(agents, cluster, restic);
    try {
      await agents.startAgent();
    } catch (error) {
      await world.close();
      throw error;
    }
    return world;
  }

  get files(): Component {
    return this.filesAt(uploads(this.agents.home));
  }

  filesAt(...paths: string[]): Component {
    return {
      ...{ name: 'uploads', agent: this.agents.agent, repositories: ['files'] },
      source: { kind: 'files', paths, exclude: [] },
    };
  }

  get database(): Component {
    return {
      ...{ name: 'database', agent: this.agents.agent, repositories: ['main', 'offsite'] },
      source: { kind: 'postgres', cluster: 'main' },
    };
  }

  get copies(): string {
    return join(this.agents.home, 'copies');
  }

  /** As `belay agents` shows it. */
  async description(): Promise<AgentDescription> {
    const record = await readAgentRecord(this.agents.env.client, this.agents.agent);
    if (record === undefined) throw new Error('the agent has left no record');
    return record.description;
  }

  start(component: Component, ...asked: AskedOfStore[]): Promise<WorkflowHandle> {
    return this.agents.start('storeOnAgent', component, asked, heartbeatMs);
  }

  /** From now on the tool waits before it does this, until it is let through. */
  async hold(tool: 'pgbackrest' | 'restic', verb: string): Promise<void> {
    await rm(this.#gate(tool, verb, 'reached'), { force: true });
    await writeFile(this.#gate(tool, verb, 'closed'), '');
  }

  /** The process that waits. */
  async held(tool: 'pgbackrest' | 'restic', verb: string): Promise<number> {
    return eventually(async () => {
      const pid = Number(await readFile(this.#gate(tool, verb, 'reached'), 'utf8'));
      if (!(pid > 0)) throw new Error(`${tool} ${verb} has not been started`);
      return pid;
    });
  }

  async release(tool: 'pgbackrest' | 'restic', verb: string): Promise<void> {
    await rm(this.#gate(tool, verb, 'closed'), { force: true });
  }

  async close(): Promise<void> {
    await this.agents.dispose();
    await this.restic.close();
    await this.cluster.close();
  }

  #gate(tool: string, verb: string, state: string): string {
    return join(this.agents.home, 'gates', `${tool}-${verb}-${state}`);
  }
}

function uploads(home: string): string {
  return join(home, 'uploads');
}

/** The real tool, behind a gate for each of its verbs. */
async function writeGate(home: string, name: string, program: string): Promise<void> {
  const gates = join(home, 'gates');
  await chmod(gates, 0o777);
  const path = join(home, name);
  if (existsSync(path)) return;
  const script = `#!/bin/sh
for word in "$@"; do
  gate=${gates}/${name}-$word
  case "$word" in */*|-*) continue;; esac
  if [ -e "$gate-closed" ]; then
    echo $$ > "$gate-reached"
    while [ -e "$gate-closed" ]; do sleep 0.05; done
  fi
done
exec ${program} "$@"
`;
  await writeFile(path, script, { mode: 0o755 });
}
