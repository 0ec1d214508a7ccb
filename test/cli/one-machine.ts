import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { stringify } from 'yaml';
import * as z from 'zod';
import { homeLayout } from '../../src/config/home.ts';
import type { RunStatus } from '../../src/contracts/kernel/run.ts';
import { freePort } from '../../src/embedded/ports.ts';
import { isAlive } from '../../src/processes/identity.ts';
import { readRunFile } from '../../src/processes/run-file.ts';
import { builtProgram } from '../fixtures/built.ts';
import { eventually } from '../fixtures/eventually.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const command = await builtProgram('src/cli/main');

export interface Ran {
  exitCode: number;
  stdout: string;
  stderr: string;
}

const agentRun = z.object({ pid: z.number(), startTime: z.string() });

/** `belay` as its users run it: processes, a folder of its own, and everything that `belay up` starts. */
export class OneMachine {
  readonly folder: string;
  private readonly env: NodeJS.ProcessEnv;
  /** Besides that of `belay up`. */
  private readonly agents: ChildProcess[] = [];

  private constructor(folder: string, settings: NodeJS.ProcessEnv) {
    this.folder = folder;
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(TEMPORAL|BELAY_HOME|OTEL_)/.test(name),
    );
    this.env = {
      ...Object.fromEntries(inherited),
      BELAY_HOME: join(folder, 'home'),
      NO_COLOR: '1',
      ...settings,
    };
  }

  /** `prepare`: what has to be there before anything is started, such as the agent's settings. */
  static async start(
    settings: NodeJS.ProcessEnv = {},
    prepare: (folder: string) => Promise<void> = async () => undefined,
  ): Promise<OneMachine> {
    const machine = new OneMachine(await mkdtemp(join(tmpdir(), 'belay-cli-')), settings);
    await prepare(machine.folder);
    const up = await machine.belay(['up', '--detach', '--gateway-port', String(await freePort())]);
    if (up.exitCode !== 0) {
      await machine.stop();
      throw new Error(`belay up failed:\n${up.stdout}${up.stderr}`);
    }
    return machine;
  }

  /** One more agent, as on another host. Returns its process once it works. */
  async startAgent(settings: { name: string }): Promise<number> {
    const { name } = settings;
    const file = join(this.folder, `agent-${name}.yaml`);
    await writeFile(file, stringify(settings), { mode: 0o600 });
    const agent = spawn(process.execPath, [...command, 'agent', '--config', file], {
      ...{ cwd: repository, env: this.env, stdio: 'ignore' },
    });
    this.agents.push(agent);
    return eventually(async () => {
      const run = homeLayout(join(this.folder, 'home')).agentRun(name);
      const known = await readRunFile(run, agentRun);
      if (known === undefined || !(await isAlive(known))) throw new Error(`${name} is not there`);
      return known.pid;
    }, 60_000);
  }

  async stop(): Promise<void> {
    for (const agent of this.agents) agent.kill('SIGTERM');
    await this.belay(['down']);
    await rm(this.folder, { recursive: true, force: true });
  }

  belay(args: string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
    return this.launch(args, env).ended;
  }

  /** Returns when the command has printed something; it goes on. */
  async belayInBackground(args: string[]): Promise<{ ended: Promise<Ran> }> {
    const { ended, child } = this.launch(args, {});
    await Promise.race([once(child.stdout ?? child, 'data'), ended]);
    return { ended };
  }

  private launch(args: string[], env: NodeJS.ProcessEnv) {
    const program = [...command, ...args];
    const options = { cwd: repository, env: { ...this.env, ...env }, timeout: 120_000 };
    let finish: (ran: Ran) => void;
    const ended = new Promise<Ran>((resolve) => {
      finish = resolve;
    });
    const child = execFile(process.execPath, program, options, (error, stdout, stderr) => {
      const exitCode = error ? (typeof error.code === 'number' ? error.code : -1) : 0;
      finish({ exitCode, stdout, stderr });
    });
    return { ended, child };
  }

  async json<T>(args: string[]): Promise<T> {
    const { stdout, stderr } = await this.belay([...args, '--json']);
    try {
      return JSON.parse(stdout) as T;
    } catch (cause) {
      throw new Error(`belay ${args.join(' ')} printed no JSON: ${stdout}${stderr}`, { cause });
    }
  }

  /** Fails where the run ends before it gets there. */
  async until(run: string, wanted: RunStatus['phase']): Promise<RunStatus> {
    return eventually(async () => {
      const { run: status } = await this.json<{ run: RunStatus }>(['status', run]);
      const { phase, now } = status;
      if (phase !== wanted && phase !== 'closed') throw new Error(`${run} is ${phase}: ${now}`);
      expect(phase, now).toBe(wanted);
      return status;
    }, 240_000);
  }

  /** A spec file of a canary of the example shop, with these keys besides. */
  async spec(
    version: string,
    keys: object = {},
    env: Record<string, string> = {},
  ): Promise<string> {
    const file = join(this.folder, `${version}.yaml`);
    const spec = {
      kind: 'canary',
      service: 'shop',
      environment: 'demo',
      target: { platform: 'local' },
      release: {
        version,
        command: ['node', 'examples/shop/server.js'],
        env: { VERSION: version, ...env },
      },
      replicas: 1,
      readiness: { path: '/health', deadline: '30s' },
      stages: [{ weight: 50, hold: '3s' }],
      metrics: [{ name: 'error-rate', max: '5%' }],
      ...keys,
    };
    await writeFile(file, stringify(spec));
    return file;
  }
}

/** Sends requests one after the other until it is stopped. */
export function sendTraffic(url: string): { stop: () => Promise<void> } {
  const stopping = new AbortController();
  const sending = (async () => {
    while (!stopping.signal.aborted) {
      await fetch(url)
        .then((response) => response.arrayBuffer())
        .catch(() => undefined);
      await sleep(5);
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await sending;
    },
  };
}
