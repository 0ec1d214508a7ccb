import { once } from 'node:events';
import type { ChildProcess } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { stringify } from 'yaml';
import { HostNetwork } from '../../scripts/archived-postgres/host-network.ts';
import type { ReplicatedNode } from '../../scripts/archived-postgres/replicated-database.ts';
import { freePort } from '../../src/embedded/ports.ts';
import { databaseKinds } from '../../src/kinds/databases.ts';
import type { Subject } from '../../src/kinds/kind.ts';
import { workflowIdOf } from '../../src/kinds/locks.ts';
import { until } from '../measures/until.ts';
import type { BelayCommand } from '../system/belay-command.ts';

const count = 2;
const place = { label: 'bench', subnet: '10.213.79' };

interface Hosted {
  belay: BelayCommand;
  home: string;
  nodes: readonly ReplicatedNode[];
}

/** Hosts that each have a server and its agent, in a network of their own: one is lost with all that is on it. Needs root. */
export class OwnHosts {
  readonly network: HostNetwork;
  readonly temporalPort: number;
  readonly #agents: ChildProcess[] = [];

  private constructor(network: HostNetwork, temporalPort: number) {
    this.network = network;
    this.temporalPort = temporalPort;
  }

  static async open(): Promise<OwnHosts> {
    const temporalPort = await freePort();
    return new OwnHosts(await HostNetwork.open(count, temporalPort, place), temporalPort);
  }

  /** Each is called as its node. */
  async startAgents({ belay, home, nodes }: Hosted): Promise<void> {
    for (const [index, node] of nodes.entries()) {
      const file = join(home, `${node.name}.yaml`);
      const stateFolder = join(home, `agent-${node.name}`);
      const settings = { name: node.name, stateFolder, clusters: { main: node.settings() } };
      await writeFile(file, stringify(settings));
      const { enter = [] } = this.network.hosts[index] ?? {};
      this.#agents.push(
        belay.start(['agent', '--config', file], {
          ...{ enter, settings: { TEMPORAL_ADDRESS: this.network.temporal } },
        }),
      );
    }
    await until('the agents of both hosts', async () => {
      const listed = await belay.output(['agents']);
      return nodes.every(({ name }) => listed.includes(name));
    });
  }

  /** Until Temporal has heard of a lease of the primary, and that its commits wait for this standby. */
  async untilLeased(standby: ReplicatedNode, subject: Subject): Promise<void> {
    const address = `127.0.0.1:${this.temporalPort}`;
    const connection = await Connection.connect({ address });
    try {
      const watch = new Client({ connection }).workflow.getHandle(
        workflowIdOf(databaseKinds.databaseWatch, subject),
      );
      await until(`a lease of the primary that ${standby.name} follows`, async () => {
        const { raw } = await watch.describe();
        return (raw.pendingActivities ?? []).some(({ heartbeatDetails }) =>
          (heartbeatDetails?.payloads ?? []).some(({ data }) => {
            const told = Buffer.from(data ?? []).toString();
            return told.includes('leaseMs') && told.includes(standby.name);
          }),
        );
      });
    } finally {
      await connection.close();
    }
  }

  async close(): Promise<void> {
    for (const agent of this.#agents) {
      if (agent.exitCode !== null || agent.signalCode !== null) continue;
      const ended = once(agent, 'exit');
      agent.kill('SIGTERM');
      await ended;
    }
    await this.network.close();
  }
}
