import { join } from 'node:path';
import { existsSync } from 'node:fs';
import { homeLayout } from '../../src/config/home.ts';
import { startOwnProcess, type OwnProcess } from '../../src/embedded/start-own-process.ts';

/** Belay's worker in a separate process that can be killed and restarted. */
export class KillableWorker {
  private readonly env: NodeJS.ProcessEnv;
  private readonly home: string;
  private readonly logFile: string;
  private running: OwnProcess | undefined;

  /** `env` names its server, its task queue and its cluster. */
  constructor(home: string, name: string, env: NodeJS.ProcessEnv) {
    this.home = home;
    this.logFile = join(homeLayout(home).logs, `${name}.log`);
    this.env = env;
  }

  /** Returns when it polls. */
  async start(): Promise<void> {
    this.running = await startOwnProcess({
      program: 'workers/control',
      env: this.env,
      logFile: this.logFile,
      isReady: async ({ pid }) => existsSync(homeLayout(this.home).workerRun(pid)),
      readyWithinMs: 120_000,
      stopGraceMs: 10_000,
    });
  }

  /** SIGKILL: nothing that it was doing is finished or reported. */
  async kill(): Promise<void> {
    if (this.running === undefined) return;
    const { pid, exited } = this.running;
    process.kill(pid, 'SIGKILL');
    await exited;
    this.running = undefined;
  }

  async stop(): Promise<void> {
    await this.running?.stop();
    this.running = undefined;
  }
}
