import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { ScratchDisk } from '../../../scripts/faulty-host/scratch-disk.ts';
import { NetworkNamespace } from '../../../scripts/network-namespace/network-namespace.ts';
import { provideToxiproxy } from '../../../scripts/toxiproxy/provide-toxiproxy.ts';
import { ToxicProxy } from '../../../scripts/toxiproxy/toxic-proxy.ts';
import { findFaultProcesses } from '../../../src/agent/chaos/fault-processes.ts';
import { loadConfig } from '../../../src/config/load-config.ts';
import { freePort } from '../../../src/embedded/ports.ts';
import type { MeasuredSystem } from '../../system/measured-system.ts';
import { startExperiment } from '../experiments.ts';
import type { DoomedFault } from './doomed-faults.ts';

const server = `require('node:http').createServer((_, response) => response.end('ok'))
  .listen(Number(process.env.PORT), process.env.ADDRESS, () => console.log('listening'));`;

/** A host for one fault: a process, an agent, and a network, a disk or a proxy of its own where the fault is done to one. */
export class DoomedHost {
  readonly fault: DoomedFault;
  readonly name: string;
  readonly #folder: string;
  readonly #namespace: NetworkNamespace | undefined;
  #disk: ScratchDisk | undefined;
  #proxy: ToxicProxy | undefined;
  #port = 8080;
  #target: ChildProcess | undefined;
  #agentPid: number | undefined;
  #before = '';
  #isClosed = false;

  private constructor(fault: DoomedFault, name: string, folder: string) {
    this.fault = fault;
    this.name = name;
    this.#folder = folder;
    this.#namespace = 'network' in fault.target ? NetworkNamespace.open() : undefined;
  }

  /** It ends with the system at the latest, whatever becomes of the measurement. */
  static async open(
    system: Pick<MeasuredSystem, 'startAgent' | 'whenRemoved'>,
    fault: DoomedFault,
    name: string,
  ): Promise<DoomedHost> {
    const folder = await mkdtemp(join(tmpdir(), 'belay-doomed-'));
    const host = new DoomedHost(fault, name, folder);
    system.whenRemoved(() => host.close());
    try {
      await host.#start(system);
      return host;
    } catch (error) {
      await host.close();
      throw error;
    }
  }

  async inject(system: MeasuredSystem): Promise<void> {
    const { name, fault } = this;
    await startExperiment(system, {
      ...{ experiment: name, services: [name], target: { agents: [name], ...fault.target } },
      ...{ fault: fault.written, mostOfTarget: '100%' },
      ...{ duration: '20s', steadyState: '2s', every: '200ms' },
      hypothesis: { answers: { errorsOf: { agent: name, probe: 'web' }, atMost: '99%' } },
    });
  }

  /** Its process ID may be that of another process afterwards. */
  killAgent(): void {
    signal(this.#agentPid, 'SIGKILL');
    this.#agentPid = undefined;
  }

  /** When the lease of its fault ends, as its agent has it on disk; undefined: nothing was begun. */
  leaseEndMs(): number | undefined {
    const acts = join(this.#folder, 'state', 'acts');
    const ends = filesIn(acts)
      .filter((path) => path.endsWith('/state.json'))
      .flatMap((path) => {
        const text = readFileSync(join(acts, path), 'utf8');
        const state = JSON.parse(text) as { lease?: { expiresAtMs: number } };
        return state.lease === undefined ? [] : [state.lease.expiresAtMs];
      });
    return ends.length === 0 ? undefined : Math.max(...ends);
  }

  /** What is not as it was before the fault, by the kernel and Toxiproxy alone; undefined: nothing. */
  async difference(): Promise<string | undefined> {
    const now = await this.#state();
    if (now === this.#before) return undefined;
    const known = new Set(this.#before.split('\n'));
    return now.split('\n').find((line) => !known.has(line)) ?? 'something that was there is gone';
  }

  /** Also again. */
  async close(): Promise<void> {
    this.#isClosed = true;
    signal(this.#agentPid, 'SIGTERM');
    this.#target?.kill('SIGKILL');
    this.#namespace?.close();
    await this.#disk?.close();
    await this.#proxy?.close();
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  get #pidFile(): string {
    return join(this.#folder, 'web.pid');
  }

  async #start(system: Pick<MeasuredSystem, 'startAgent'>): Promise<void> {
    if ('disk' in this.fault.target) this.#disk = await ScratchDisk.open();
    const namespace = this.#namespace;
    if (namespace === undefined) this.#port = await freePort();
    const address = namespace?.address ?? '127.0.0.1';
    const within = namespace ? ['ip', 'netns', 'exec', namespace.name] : [];
    if (this.#isClosed) throw new Error(`${this.name} was closed while it was opened`);
    const [program, ...args] = [...within, process.execPath, '-e', server];
    const target = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, PORT: String(this.#port), ADDRESS: address },
    });
    this.#target = target;
    await once(target.stdout, 'data');
    await writeFile(this.#pidFile, `${target.pid}\n`);
    if ('proxy' in this.fault.target) this.#proxy = await openProxy();
    const settings = join(this.#folder, 'agent.yaml');
    await writeFile(settings, stringify(this.#settings(address)), { mode: 0o600 });
    this.#agentPid = await system.startAgent(this.name, settings);
    this.#before = await this.#state();
  }

  #settings(address: string) {
    const namespace = this.#namespace;
    const proxy = this.#proxy;
    return {
      ...{ name: this.name, stateFolder: join(this.#folder, 'state') },
      probes: {
        web: { http: { url: `http://${address}:${this.#port}/` }, timeout: '1s' },
        ...(proxy && { through: { http: { url: proxy.url }, timeout: '1s' } }),
      },
      chaos: {
        processes: { web: { pidFile: this.#pidFile, faults: ['freeze'] } },
        host: { faults: ['cpu', 'memory'] },
        ...(this.#disk && { disks: { data: { folder: this.#disk.folder } } }),
        ...(namespace && {
          networks: {
            shop: {
              ...{ interface: namespace.inside, namespace: namespace.path },
              ...{ peers: [namespace.peer], ownPorts: [this.#port] },
              faults: ['loss', 'partition', 'error', 'dns', 'bandwidth'],
            },
          },
        }),
        ...(proxy && {
          proxies: {
            shop: {
              ...{ toxiproxy: proxy.api, proxy: 'shop', probe: 'through' },
              faults: ['partition', 'error', 'latency'],
            },
          },
        }),
      },
    };
  }

  /** All that a fault may change. */
  async #state(): Promise<string> {
    const own = findFaultProcesses().filter(({ mark }) => mark.startsWith(`${this.name}/`));
    return [
      `the process is ${isStopped(this.#target?.pid) ? 'stopped' : 'not stopped'}`,
      ...own.map(({ pid }) => `process ${pid} of the fault`),
      ...(this.#disk ? [`${this.#disk.freeBlocks} blocks are free`] : []),
      this.#namespace?.state() ?? '',
      ...(this.#proxy ? [JSON.stringify(await this.#proxy.state())] : []),
    ].join('\n');
  }
}

async function openProxy(): Promise<ToxicProxy> {
  const program = await provideToxiproxy(loadConfig().cache);
  if (program === undefined) throw new Error('there is no Toxiproxy to disturb connections by');
  return ToxicProxy.open(program);
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch {
    return [];
  }
}

/** One that has ended already gets none. */
function signal(pid: number | undefined, name: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(pid, name);
  } catch {
    return;
  }
}

function isStopped(pid = 0): boolean {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).startsWith('T');
}
