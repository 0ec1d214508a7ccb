import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { homeLayout } from '../../src/config/home.ts';
import type { RolloutStatus } from '../../src/contracts/rollouts/status.ts';
import { DemoFailed, expectThat } from './expectation.ts';
import { narrate } from './narration.ts';

const belay = 'dist/src/cli/main.js';
/** Short, so that the audience does not wait half a minute until the killed worker is noticed. */
const blindTime = '5s';

export interface CommandResult {
  exitCode: number;
  output: string;
}

/** Belay on this machine, with its own folder, used only through its command line. */
export class Machine {
  private readonly home: string;
  private readonly besides: Record<string, string>;
  private isRemoved = false;

  private constructor(home: string, besides: Record<string, string>) {
    this.home = home;
    this.besides = besides;
  }

  /** `besides`: variables for Belay, in addition to this process's environment. */
  static async start(besides: Record<string, string> = {}): Promise<Machine> {
    const machine = new Machine(await mkdtemp(join(tmpdir(), 'belay-demo-')), besides);
    narrate.scene('One command starts Temporal, a platform to deploy on, and a worker');
    const { exitCode } = await machine.belay(['up', '--detach']);
    if (exitCode !== 0) {
      await machine.remove();
      throw new DemoFailed(`belay up exited with code ${exitCode}.`);
    }
    return machine;
  }

  /** Runs a belay command and shows each line of its output immediately. */
  async belay(args: string[], { quietly = false } = {}): Promise<CommandResult> {
    if (!quietly) narrate.command(`belay ${args.join(' ')}`);
    const child = spawn(process.execPath, [belay, ...args], {
      env: this.environment(),
      stdio: ['ignore', 'pipe', quietly ? 'ignore' : 'inherit'],
    });
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

  async workerPids(): Promise<number[]> {
    const files = await readdir(homeLayout(this.home).run);
    return files.flatMap((file) => {
      const pid = /^worker-(\d+)\.json$/.exec(file)?.[1];
      return pid === undefined ? [] : [Number(pid)];
    });
  }

  leaveRunning(): void {
    narrate.plain(`\nLeft running. To use it:  export BELAY_HOME=${this.home}`);
    narrate.plain('To stop it:               belay down');
  }

  /** Stops everything and removes all files. */
  async remove(): Promise<void> {
    if (this.isRemoved) return;
    this.isRemoved = true;
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
}
