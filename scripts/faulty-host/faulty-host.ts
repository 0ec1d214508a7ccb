import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openChaos } from '../../src/agent/chaos/open-chaos.ts';
import { endFaultProcesses, findFaultProcesses } from '../../src/agent/chaos/fault-processes.ts';
import { openHost, type OpenHost } from '../../src/agent/host.ts';
import { createStartWatchdog } from '../../src/agent/watchdog/start-watchdog.ts';
import type { FaultHost } from '../../src/contracts/chaos/fault-host.ts';
import { freePort } from '../../src/embedded/ports.ts';
import { agentContract, type RunStep } from '../../src/contracts/kernel/agent.ts';
import type { ChaosSettings } from '../../src/specs/chaos/agent-settings.ts';
import { isNetworkFault, type HostFault } from '../../src/specs/chaos/fault.ts';
import type { TargetName } from '../../src/specs/chaos/target-part.ts';

const never = new AbortController().signal;
export const attempt = { cancelled: never, leaving: never, onProgress: () => undefined };

/** Answers every request. A second one on the same port waits for it there. */
const answersAlways = `
const listen = () => server.listen(Number(process.env.PORT), '127.0.0.1');
const server = require('node:http').createServer((_, response) => response.end('ok'));
server.on('listening', () => console.log('listening'));
server.on('error', () => { console.log('waiting'); setTimeout(listen, 50); });
listen();
`;

/** Arguments that make node run the programs of an agent. */
export interface AgentPrograms {
  watchdog: readonly string[];
  /** What injects and removes faults. */
  injector: readonly string[];
}

/** The part of the host that this fault is done to here. */
export function targetOf(fault: HostFault): TargetName {
  if (isNetworkFault(fault)) return { network: 'shop' };
  if (fault.type === 'disk') return { disk: 'data' };
  return fault.type === 'cpu' || fault.type === 'memory' ? {} : { process: 'web' };
}

/** A real process to hit, and an agent that may hit it. */
export class FaultyHost {
  readonly folder: string;
  readonly runRef = `20261129T080000Z-${Math.random().toString(16).slice(2, 10)}`;
  host!: OpenHost;
  chaos!: FaultHost;
  port = 0;
  readonly agent = `web-${Math.random().toString(16).slice(2, 10)}`;
  readonly #programs: AgentPrograms;
  readonly #server: string;
  #child: ChildProcess | undefined;

  private constructor(folder: string, programs: AgentPrograms, server: string) {
    this.folder = folder;
    this.#programs = programs;
    this.#server = server;
  }

  /** `server`: a script that listens on PORT and then prints something. */
  static async open(programs: AgentPrograms, server = answersAlways): Promise<FaultyHost> {
    const folder = await mkdtemp(join(tmpdir(), 'belay-chaos-'));
    const host = new FaultyHost(folder, programs, server);
    host.port = await freePort();
    await host.startTarget();
    await host.openAgent();
    return host;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** By the kernel alone, whatever the agent says. */
  state(pid = this.pid): string {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).charAt(0);
  }

  get pidFile(): string {
    return join(this.folder, 'web.pid');
  }

  async startTarget(): Promise<void> {
    const child = spawn(process.execPath, ['-e', this.#server], {
      ...{ stdio: ['ignore', 'pipe', 'ignore'] },
      env: { PORT: String(this.port) },
    });
    this.#child = child;
    await once(child.stdout, 'data');
    await writeFile(this.pidFile, `${this.pid}\n`);
  }

  settings(): ChaosSettings {
    const web = { name: 'web', foundBy: { pidFile: this.pidFile } };
    return {
      longestMs: 60_000,
      processes: [{ ...web, faults: ['freeze', 'crash'] }],
      hostFaults: ['cpu', 'memory'],
      networks: [],
      disks: [],
      proxies: [],
      copies: [],
    };
  }

  /** `program`: another one that says it injects. `probeUrl`: of a probe `through`, which waits so long. */
  async openAgent(
    settings: ChaosSettings | undefined = this.settings(),
    {
      program = this.#programs.injector,
      probeUrl,
      probeTimeoutMs = 5_000,
    }: { program?: readonly string[]; probeUrl?: string; probeTimeoutMs?: number } = {},
  ): Promise<void> {
    const probe = (name: string, url: string) => ({
      ...{
        name,
        description: `GET ${url}`,
        timeoutMs: name === 'through' ? probeTimeoutMs : 3_000,
      },
      what: { kind: 'http' as const, url, status: [200] },
    });
    this.host = await openHost({
      settings: {
        ...{ name: this.agent, stateFolder: join(this.folder, 'state') },
        commands: [],
        probes: [
          probe('web', `http://127.0.0.1:${this.port}/`),
          ...(probeUrl === undefined ? [] : [probe('through', probeUrl)]),
        ],
      },
      startWatchdog: createStartWatchdog(this.#programs.watchdog),
      onError: () => undefined,
      onSwept: () => undefined,
    });
    this.chaos = openChaos({
      ...{ agent: this.agent, settings, host: this.host },
      stateFolder: join(this.folder, 'state'),
      program,
      servers: async () => [],
    });
  }

  /** What is started goes on. */
  closeAgent(): Promise<void> {
    return this.host.close();
  }

  call(fault: HostFault) {
    const target = targetOf(fault);
    return { contract: agentContract, agent: this.agent, target, fault, durationMs: 20_000 };
  }

  act(step: number): RunStep {
    return { runRef: this.runRef, step };
  }

  async examine(fault: HostFault, more: object = {}) {
    return this.chaos.examineTarget({ ...this.call(fault), ...more }, attempt);
  }

  /** Resolved as a run would, then injected. */
  async inject(step: number, fault: HostFault, forMs: number, target = targetOf(fault)) {
    const { process } = await this.examine(fault, { target });
    const identity = process === undefined ? {} : { identity: process };
    const order = { ...this.call(fault), target, ...identity, act: this.act(step), forMs };
    const applied = await this.chaos.injectFault(order, attempt);
    const seen = () => this.chaos.observeFault({ ...order, lease: order.act }, attempt);
    return { applied, order, seen };
  }

  async dispose(): Promise<void> {
    // Otherwise their watchdogs write into the folder after it was removed.
    for (const { act } of await this.host.openActs()) await this.host.revertLease(act, attempt);
    await this.host.close();
    this.#child?.kill('SIGKILL');
    for (const { mark } of findFaultProcesses().filter((each) => each.mark.startsWith(this.agent)))
      await endFaultProcesses(mark);
    await rm(this.folder, { recursive: true, force: true });
  }
}
