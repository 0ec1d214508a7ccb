import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { findMarked } from '../../src/agent/programs/marked-processes.ts';
import { readWritten } from '../../src/processes/durable-file.ts';
import { isAlive, type ProcessIdentity } from '../../src/processes/identity.ts';
import { builtProgram } from '../fixtures/built.ts';
import { eventually } from '../fixtures/eventually.ts';
import { devServer } from '../fixtures/temporal.ts';
import type * as workflows from './agent-workflows.ts';
import type { Asked } from './agent-workflows.ts';
import { AgentTools } from './agent-tools.ts';

export const token = 'correct-horse/battery+staple';
const heartbeatMs = 1_500;
const taskQueue = 'agent-tests';

interface WorldOptions {
  /** More sections of the settings, given the folder of this world. */
  more?: (home: string) => Promise<Record<string, unknown>>;
  /** Where the workflows are, seen from here. */
  workflows?: string;
}

/** A server, a worker for the workflows of the test, and one agent that can be killed. */
export class AgentWorld {
  readonly env: TestWorkflowEnvironment;
  readonly home: string;
  readonly tools: AgentTools;
  readonly agent: string;
  readonly #watchdog: string[];
  readonly #bundle: string;
  #worker: ChildProcess | undefined;
  #child: ChildProcess | undefined;
  #started = 0;

  private constructor(
    env: TestWorkflowEnvironment,
    { home, agent, watchdog }: { home: string; agent: string; watchdog: string[] },
  ) {
    this.env = env;
    this.home = home;
    this.agent = agent;
    this.#watchdog = watchdog;
    this.#bundle = join(home, 'workflows.js');
    this.tools = new AgentTools(join(home, 'tools'));
  }

  static async open(agent: string, { more, workflows }: WorldOptions = {}): Promise<AgentWorld> {
    const [env, home, watchdog] = await Promise.all([
      devServer(),
      mkdtemp(join(tmpdir(), 'belay-agent-')),
      builtProgram('src/agent/watchdog/main'),
    ]);
    const world = new AgentWorld(env, { home, agent, watchdog });
    await world.tools.write();
    // Tools of other accounts get in.
    await chmod(home, 0o711);
    const sections = Object.entries((await more?.(home)) ?? {}).map(
      ([key, section]) => `${key}: ${JSON.stringify(section)}\n`,
    );
    await writeFile(world.settings, [world.tools.settings(agent), ...sections].join(''));
    await writeFile(world.#bundle, await bundle(workflows ?? './agent-workflows.ts'));
    await world.startWorker();
    return world;
  }

  get settings(): string {
    return join(this.home, 'agent.yaml');
  }

  get trap(): string {
    return join(this.home, 'trap');
  }

  get variables(): Record<string, string> {
    return {
      ...{ BELAY_HOME: this.home, TEMPORAL_ADDRESS: this.env.address, BELAY_TEST_TOKEN: token },
      ...{ BELAY_DRAIN: '2s', BELAY_LOG_LEVEL: 'warn' },
    };
  }

  async startAgent(): Promise<void> {
    const log = openSync(join(this.home, 'agent.log'), 'a');
    const { settings, trap } = this;
    const child: ChildProcess = spawn(
      process.execPath,
      tsx('doomed-agent.ts', { settings, trap, watchdog: this.#watchdog }),
      { stdio: ['ignore', 'pipe', log], env: { ...process.env, ...this.variables } },
    );
    this.#child = child;
    let said = '';
    child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await eventually(async () => {
      if (!said.includes('polling\n')) throw new Error(`no agent: ${said}${this.log()}`);
    });
  }

  log(): string {
    return readFileSync(join(this.home, 'agent.log'), 'utf8');
  }

  /** The agent of the trap has ended by it. */
  async untilDead(): Promise<void> {
    await ended(this.#child);
  }

  async killAgent(): Promise<void> {
    await killed(this.#child, 'SIGKILL');
  }

  /** SIGTERM: what runs goes on. */
  async stopAgent(): Promise<void> {
    await killed(this.#child, 'SIGTERM');
  }

  setTrap(place: string): Promise<void> {
    return writeFile(this.trap, place);
  }

  act(...asked: Asked[]): Promise<WorkflowHandle<typeof workflows.actOnAgent>> {
    return this.actOn(this.agent, ...asked);
  }

  actOn(agent: string, ...asked: Asked[]): Promise<WorkflowHandle<typeof workflows.actOnAgent>> {
    return this.env.client.workflow.start<typeof workflows.actOnAgent>('actOnAgent', {
      ...this.#options(),
      args: [agent, asked, heartbeatMs],
    });
  }

  async call(...calls: Parameters<typeof workflows.callAgent>[1]): Promise<unknown[]> {
    const handle = await this.env.client.workflow.start<typeof workflows.callAgent>('callAgent', {
      ...this.#options(),
      args: [this.agent, calls],
    });
    return handle.result();
  }

  /** What acts of this agent have left running, watchdogs apart. */
  async leftRunning(): Promise<number> {
    const { instance } = JSON.parse(
      readFileSync(join(this.tools.folder, 'state', 'instance.json'), 'utf8'),
    ) as { instance: string };
    return (await findMarked(instance)).length;
  }

  async dispose(): Promise<void> {
    await this.killAgent();
    await this.killWorker();
    await this.env.teardown();
    await rm(this.home, { recursive: true, force: true });
  }

  /** Starts a workflow of the test, by its name. */
  start(type: string, ...args: unknown[]): Promise<WorkflowHandle> {
    return this.env.client.workflow.start(type, { ...this.#options(), args });
  }

  #options() {
    this.#started += 1;
    return { taskQueue, workflowId: `test-run-${this.#started}` };
  }

  /** Watchdogs of this agent that live, by the claims that they have made. */
  async watchdogs(): Promise<ProcessIdentity[]> {
    const acts = join(this.tools.folder, 'state', 'acts');
    const names = await readdir(acts, { recursive: true }).catch(() => []);
    const claims = names.filter((name) => name.endsWith('/watchdog.json'));
    const found = await Promise.all(
      claims.map((name) => readWritten<ProcessIdentity>(join(acts, name))),
    );
    const living = await Promise.all(
      found.map(async (claim) => (claim && (await isAlive(claim)) ? claim : undefined)),
    );
    return living.filter((claim) => claim !== undefined);
  }

  async startWorker(): Promise<void> {
    const { address } = this.env;
    const worker = tsx('killable-worker.ts', { address, taskQueue, codePath: this.#bundle });
    this.#worker = spawn(process.execPath, worker, { stdio: 'ignore' });
  }

  async killWorker(): Promise<void> {
    await killed(this.#worker, 'SIGKILL');
  }
}

async function bundle(workflowsFile: string): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL(workflowsFile, import.meta.url)),
    logger: new DefaultLogger('ERROR'),
  });
  return code;
}

/** Arguments that make node run a program of the tests. */
function tsx(program: string, given: object): string[] {
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const file = fileURLToPath(new URL(program, import.meta.url));
  return ['--import', loader, file, JSON.stringify(given)];
}

async function killed(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  child?.kill(signal);
  await ended(child);
}

async function ended(child: ChildProcess | undefined): Promise<void> {
  if (child?.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

/** The type and the words of the failure that a run ended with. */
export async function failureOf(
  result: Promise<unknown>,
): Promise<{ type: string; message: string }> {
  const failure: unknown = await result.catch((error: unknown) => error);
  let cause: unknown = failure instanceof WorkflowFailedError ? failure.cause : failure;
  while (cause instanceof Error) {
    const { type, message } = cause as Error & { type?: string };
    if (type !== undefined) return { type, message };
    cause = cause.cause;
  }
  return { type: '', message: 'no failure' };
}
