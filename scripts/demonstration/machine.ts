import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { homeLayout } from '../../src/config/home.ts';
import type { RunStatus } from '../../src/contracts/kernel/run.ts';
import type { RolloutStatus } from '../../src/contracts/rollouts/status.ts';
import { readUpRecord } from '../../src/embedded/up-record.ts';
import { isAlive } from '../../src/processes/identity.ts';
import { readRunFile } from '../../src/processes/run-file.ts';
import { DemoFailed, expectThat } from './expectation.ts';
import { narrate } from './narration.ts';

const belay = 'dist/src/cli/main.js';
const runFile = z.object({ pid: z.number(), startTime: z.string() });
/** Short, so that the audience does not wait half a minute until the killed worker is noticed. */
const blindTime = '5s';

export interface CommandResult {
  exitCode: number;
  output: string;
}

export interface MachineOptions {
  /** Variables for Belay, in addition to this process's environment. */
  besides?: Record<string, string>;
  /** What the agent may do, as its settings file says it; its state goes into the folder. */
  agentSettings?: (stateFolder: string) => string;
  /** Also after it was started again; absent: the usual one, or a free one. */
  temporalPort?: number;
}

/** Belay on this machine, with its own folder, used only through its command line. */
export class Machine {
  private readonly home: string;
  private readonly besides: Record<string, string>;
  private readonly running = new Set<ChildProcess>();
  private readonly ports: string[];
  private isRemoved = false;

  private constructor(home: string, { besides = {}, temporalPort }: MachineOptions) {
    this.home = home;
    this.besides = besides;
    this.ports = temporalPort === undefined ? [] : ['--temporal-port', String(temporalPort)];
  }

  static async start(options: MachineOptions = {}): Promise<Machine> {
    const { agentSettings } = options;
    const machine = new Machine(await mkdtemp(join(tmpdir(), 'belay-demo-')), options);
    if (agentSettings !== undefined) await machine.allow(agentSettings);
    narrate.scene('One command starts Temporal, a platform to deploy on, a worker and an agent');
    await machine.up().catch(async (error: unknown) => {
      await machine.remove();
      throw error;
    });
    return machine;
  }

  async up(): Promise<void> {
    const { exitCode } = await this.belay(['up', '--detach', ...this.ports]);
    if (exitCode !== 0) throw new DemoFailed(`belay up exited with code ${exitCode}.`);
  }

  /** Starts an agent beside that of `belay up`, as on another host, and waits until it works. */
  async startAgent(name: string, settings: string): Promise<void> {
    const agent = spawn(process.execPath, [belay, 'agent', '--config', settings], {
      ...{ env: this.environment(), stdio: 'ignore' },
    });
    this.running.add(agent);
    agent.once('exit', () => this.running.delete(agent));
    const deadline = Date.now() + 60_000;
    while ((await pidOf(homeLayout(this.home).agentRun(name))) === undefined) {
      expectThat(Date.now() < deadline && agent.exitCode === null, `the agent ${name} started`);
      await sleep(100);
    }
    narrate.event(`an agent ${name}, of its own settings, runs as on another host`);
  }

  /** `belay up` with all that it runs, and these agents: everything but watchdogs. Returns what died. */
  async killEverything(agents: readonly string[]): Promise<string[]> {
    const up = await readUpRecord(this.home);
    expectThat(up !== undefined, '`belay up` was there to kill');
    const own = await Promise.all(
      agents.map(async (name) => {
        const pid = await pidOf(homeLayout(this.home).agentRun(name));
        expectThat(pid !== undefined, `the agent ${name} was there to kill`);
        return [`agent ${name}`, pid] as const;
      }),
    );
    const children = Object.entries(up.children).map(([name, { pid }]) => [name, pid] as const);
    // First of all the one that would start the others again.
    const doomed = [['belay up', up.pid] as const, ...children, ...own];
    for (const [, pid] of doomed) process.kill(pid, 'SIGKILL');
    return doomed.map(([name]) => name);
  }

  /** Runs a belay command and shows each line of its output immediately. */
  async belay(args: string[], { quietly = false } = {}): Promise<CommandResult> {
    if (!quietly) narrate.command(`belay ${args.join(' ')}`);
    const child = spawn(process.execPath, [belay, ...args], {
      env: this.environment(),
      stdio: ['ignore', 'pipe', quietly ? 'ignore' : 'inherit'],
    });
    this.running.add(child);
    const lines: string[] = [];
    const reading = (async () => {
      for await (const line of createInterface({ input: child.stdout })) {
        lines.push(line);
        if (!quietly) narrate.output(line);
      }
    })();
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => {
        this.running.delete(child);
        resolve(code ?? -1);
      });
    });
    await reading;
    return { exitCode, output: lines.join('\n') };
  }

  async status(service: string): Promise<RolloutStatus | undefined> {
    const { exitCode, output } = await this.belay(['status', service, '--json'], { quietly: true });
    if (exitCode !== 0) return undefined;
    const answer = JSON.parse(output) as { rollout?: RolloutStatus };
    return answer.rollout;
  }

  /** Waits for an open rollout that meets the condition. */
  async until(
    service: string,
    promise: string,
    isReached: (status: RolloutStatus) => boolean,
  ): Promise<RolloutStatus> {
    const deadline = Date.now() + 60_000;
    for (;;) {
      const status = await this.status(service);
      if (status !== undefined && isReached(status)) return status;
      expectThat(Date.now() < deadline, promise);
      await sleep(200);
    }
  }

  /** Waits until a step of an open run is under way. */
  async untilStep(run: string, step: RegExp): Promise<void> {
    const deadline = Date.now() + 60_000;
    for (;;) {
      const { exitCode, output } = await this.belay(['status', run, '--json'], { quietly: true });
      const known = exitCode === 0 ? (JSON.parse(output) as { run?: RunStatus }) : {};
      const steps = known.run?.steps ?? [];
      if (steps.some(({ name, state }) => state === 'active' && step.test(name))) return;
      expectThat(Date.now() < deadline, `${run} came to a step ${String(step)}`);
      await sleep(100);
    }
  }

  /** Waits until the status of an open run says this. */
  async untilShown(run: string, what: RegExp, withinMs = 60_000): Promise<void> {
    const deadline = Date.now() + withinMs;
    for (;;) {
      const { output } = await this.belay(['status', run], { quietly: true });
      if (what.test(output)) return;
      expectThat(Date.now() < deadline, `${run} came to say ${String(what)}`);
      await sleep(200);
    }
  }

  async workerPids(): Promise<number[]> {
    const { run, workerRun } = homeLayout(this.home);
    const files = await readdir(run);
    const named = files.flatMap((file) => {
      const pid = /^worker-(\d+)\.json$/.exec(file)?.[1];
      return pid === undefined ? [] : [Number(pid)];
    });
    const found = await Promise.all(named.map((pid) => pidOf(workerRun(pid))));
    return found.filter((pid) => pid !== undefined);
  }

  async agentPid(): Promise<number | undefined> {
    return pidOf(homeLayout(this.home).agentRun('local'));
  }

  /** Whether anything of `belay up` runs: itself, or what it has started. */
  async isUp(): Promise<boolean> {
    const up = await readUpRecord(this.home);
    const parts = up === undefined ? [] : [up, ...Object.values(up.children)];
    const alive = await Promise.all(parts.map(isAlive));
    return alive.includes(true);
  }

  leaveRunning(): void {
    narrate.plain(`\nLeft running. To use it:  export BELAY_HOME=${this.home}`);
    narrate.plain('To stop it:               belay down');
  }

  /** Stops everything and removes all files. */
  async remove(): Promise<void> {
    if (this.isRemoved) return;
    this.isRemoved = true;
    for (const child of this.running) child.kill();
    await this.belay(['down'], { quietly: true });
    await rm(this.home, { recursive: true, force: true, maxRetries: 5 });
  }

  /** The end of every log, to find out why the demonstration failed. */
  async lastWords(): Promise<string> {
    const folder = homeLayout(this.home).logs;
    const files = await readdir(folder).catch(() => []);
    const ends = files.map(async (file) => {
      const text = await readFile(join(folder, file), 'utf8').catch(() => '');
      return `--- ${file}\n${text.split('\n').slice(-15).join('\n')}`;
    });
    return (await Promise.all(ends)).join('\n');
  }

  environment(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      ...this.besides,
      BELAY_HOME: this.home,
      BELAY_BLIND_TIME: process.env['BELAY_BLIND_TIME'] ?? blindTime,
    };
  }

  private async allow(settings: (stateFolder: string) => string): Promise<void> {
    const { agentSettings, agentState } = homeLayout(this.home);
    await mkdir(dirname(agentSettings), { recursive: true });
    await writeFile(agentSettings, settings(agentState), { mode: 0o600 });
  }
}

/** Undefined where it has ended: one that was killed leaves its file. */
async function pidOf(file: string): Promise<number | undefined> {
  const written = await readRunFile(file, runFile);
  return written !== undefined && (await isAlive(written)) ? written.pid : undefined;
}
