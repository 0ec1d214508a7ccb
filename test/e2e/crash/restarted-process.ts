import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { spawnLogged, type SpawnedProcess } from '../../../src/processes/spawn-logged.ts';

const typescriptLoader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** A program of the tests that is killed and started again, as a supervisor of a host does it. */
export class RestartedProcess {
  readonly #program: string;
  readonly #given: { given: object; env: NodeJS.ProcessEnv; logFile: string };
  #running: SpawnedProcess | undefined;

  /** `program` is seen from here. */
  constructor(program: string, given: { given: object; env: NodeJS.ProcessEnv; logFile: string }) {
    this.#program = fileURLToPath(new URL(program, import.meta.url));
    this.#given = given;
  }

  async start(): Promise<void> {
    const { given, env, logFile } = this.#given;
    const args = ['--import', typescriptLoader, this.#program, JSON.stringify(given)];
    this.#running = await spawnLogged(process.execPath, args, { env, logFile });
  }

  async untilDead(): Promise<void> {
    await this.#running?.exited;
  }

  async isDead(): Promise<boolean> {
    const dead = this.untilDead().then(() => true);
    return Promise.race([dead, sleep(0, false)]);
  }

  async kill(): Promise<void> {
    if (this.#running && !(await this.isDead())) process.kill(this.#running.pid, 'SIGKILL');
    await this.untilDead();
  }

  async end(): Promise<void> {
    await this.kill();
    this.#running = undefined;
  }
}
