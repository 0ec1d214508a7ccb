import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { spawnLogged, type SpawnedProcess } from '../../../src/processes/spawn-logged.ts';

const typescriptLoader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

interface ProcessGiven {
  given: object;
  env: NodeJS.ProcessEnv;
  logFile: string;
  /** Begins its command, such as what enters another network. */
  enter?: readonly string[];
}

/** A program of the tests that is killed and started again, as a supervisor of a host does it. */
export class RestartedProcess {
  readonly #program: string;
  readonly #given: ProcessGiven;
  #running: SpawnedProcess | undefined;

  /** `program` is seen from here. */
  constructor(program: string, given: ProcessGiven) {
    this.#program = fileURLToPath(new URL(program, import.meta.url));
    this.#given = given;
  }

  async start(): Promise<void> {
    const { given, env, logFile, enter = [] } = this.#given;
    const program = ['--import', typescriptLoader, this.#program, JSON.stringify(given)];
    const [file = process.execPath, ...args] = [...enter, process.execPath, ...program];
    this.#running = await spawnLogged(file, args, { env, logFile });
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
