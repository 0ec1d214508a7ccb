import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import type { FaultyHost } from '../../../scripts/faulty-host/faulty-host.ts';
import { findNoNamespaces } from '../../../scripts/network-namespace/network-namespace.ts';
import { findFaultProcesses } from '../../../src/agent/chaos/fault-processes.ts';
import { isNetworkFault, type HostFault } from '../../../src/specs/chaos/fault.ts';
import type { ProcessIdentity } from '../../../src/processes/identity.ts';
import { builtProgram } from '../../fixtures/built.ts';
import { eventually } from '../../fixtures/eventually.ts';
import type { DoomedJob } from './doomed-injector.ts';
import { ScratchNetwork } from './scratch-network.ts';
import { openFaultyHost } from './open-faulty-host.ts';

const leaseMs = 5_000;
/** What may be there after the lease. */
const lateMs = 5_000;

/** A host of its own for each fault, with a network of its own where the fault is done to one. */
class DoomedHost {
  readonly world: FaultyHost;
  readonly network: ScratchNetwork | undefined;
  readonly #before: string;

  private constructor(world: FaultyHost, network: ScratchNetwork | undefined) {
    this.world = world;
    this.network = network;
    this.#before = this.state();
  }

  static async open(fault: HostFault): Promise<DoomedHost> {
    const world = await openFaultyHost();
    const network = isNetworkFault(fault) ? await ScratchNetwork.open() : undefined;
    return new DoomedHost(world, network);
  }

  /** All that a fault may change, by the kernel alone. */
  state(): string {
    const { world, network } = this;
    const own = findFaultProcesses().filter(({ mark }) => mark.startsWith(world.agent));
    const isStopped = world.state() === 'T' ? 'stopped' : 'goes on';
    return [isStopped, `${own.length} processes`, network?.state() ?? ''].join('\n');
  }

  get isAsBefore(): boolean {
    return this.state() === this.#before;
  }

  /** An agent of its own process, which has begun to inject. */
  async startInjecting(fault: HostFault): Promise<ChildProcess> {
    const { world, network } = this;
    const networks = network === undefined ? [] : [network.settings];
    const job: DoomedJob = {
      ...{ agent: world.agent, settings: { ...world.settings(), networks } },
      ...{ fault, forMs: leaseMs },
      stateFolder: join(world.folder, 'state-of-the-doomed'),
      watchdog: await builtProgram('src/agent/watchdog/main'),
      program: await builtProgram('src/agent/chaos/main'),
    };
    const child = spawn(process.execPath, ['--import', loader, injector, JSON.stringify(job)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    return child;
  }

  async dispose(): Promise<void> {
    await this.world.dispose();
    await this.network?.close();
  }
}

const opened: DoomedHost[] = [];

async function open(fault: HostFault): Promise<DoomedHost> {
  const host = await DoomedHost.open(fault);
  opened.push(host);
  return host;
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((host) => host.dispose()));
});

function killWatchdogs(world: FaultyHost): void {
  const acts = join(world.folder, 'state/acts');
  const claims = readdirSync(acts, { recursive: true, encoding: 'utf8' });
  for (const name of claims.filter((each) => each.endsWith('/watchdog.json'))) {
    const { pid } = JSON.parse(readFileSync(join(acts, name), 'utf8')) as ProcessIdentity;
    process.kill(pid, 'SIGKILL');
  }
}

const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const injector = fileURLToPath(new URL('doomed-injector.ts', import.meta.url));

const impossible = findNoNamespaces();
if (impossible !== undefined) {
  console.warn(`Skipped: faults of networks. There are no network namespaces: ${impossible}`);
}

const partition: HostFault = { type: 'partition', direction: 'both' };

describe.each<HostFault>([
  { type: 'freeze' },
  { type: 'cpu', load: 0.2, workers: 2 },
  { type: 'memory', bytes: 64 * 2 ** 20 },
  ...(impossible === undefined
    ? ([
        { type: 'loss', share: 0.5, direction: 'both' },
        partition,
        { type: 'error', share: 0.5 },
        { type: 'dns' },
        { type: 'bandwidth', kbitPerSecond: 100 },
      ] as const)
    : []),
])('a fault of the type $type whose agent is killed with SIGKILL', (fault) => {
  it('is gone soon after its lease, at whatever moment that was, and all is as before', async () => {
    const moments = [0, 50, 200, 500, 1_500];
    const ends = await Promise.all(
      moments.map(async (afterMs) => {
        const host = await open(fault);
        const agent = await host.startInjecting(fault);
        await delay(afterMs);
        agent.kill('SIGKILL');
        await once(agent, 'exit');
        // A watchdog that was just being started may still begin: its lease counts from there.
        await delay(leaseMs + lateMs);
        return { afterMs, isAsBefore: host.isAsBefore };
      }),
    );
    expect(ends).toEqual(moments.map((afterMs) => ({ afterMs, isAsBefore: true })));
  });
});

describe.runIf(impossible === undefined)(
  'a network of a host on which everything is killed',
  () => {
    it('is as before soon after the agent starts again, although its watchdog was killed as well', async () => {
      const host = await open(partition);
      const { world, network } = host;
      await world.closeAgent();
      await world.openAgent({ ...world.settings(), networks: network ? [network.settings] : [] });
      await world.inject(1, partition, 60_000);
      await world.closeAgent();
      killWatchdogs(world);
      expect(host.isAsBefore).toBe(false);
      await world.openAgent();
      await eventually(async () => expect(host.isAsBefore).toBe(true), leaseMs + lateMs);
    });
  },
);

describe('a fault whose agent was killed once it was there', () => {
  it('is there until then: its agent is not what keeps it', async () => {
    const host = await open({ type: 'freeze' });
    const agent = await host.startInjecting({ type: 'freeze' });
    await eventually(async () => expect(host.isAsBefore).toBe(false));
    agent.kill('SIGKILL');
    await once(agent, 'exit');
    expect(host.isAsBefore).toBe(false);
    await eventually(async () => expect(host.isAsBefore).toBe(true), leaseMs + lateMs);
  });
});
