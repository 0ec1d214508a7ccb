import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { stringify } from 'yaml';
import { readChangeControlState } from '../../../../src/adapters/temporal/change-control.ts';
import { ownProgram } from '../../../../src/embedded/own-process.ts';
import { workflowIdOf } from '../../../../src/kinds/locks.ts';
import { recoveryKinds } from '../../../../src/kinds/recovery.ts';
import { eventually } from '../../../fixtures/eventually.ts';
import { TestPostgres } from '../../../fixtures/postgres.ts';
import { RestartedProcess } from '../restarted-process.ts';
import type { World } from '../world.ts';
import { Outside } from './outside.ts';

/** On a machine that is busy. */
const readyWithinMs = 180_000;
/** Of a role of the tests' own server. */
const password = 'a password of tests';

export type RecoveryKind = 'playbook' | 'incident';

/** What playbooks change: an agent with its host, a database, and a service; and the people whom runs notify. */
export class RecoverySite {
  readonly name: string;
  readonly world: World;
  readonly home: string;
  readonly outside: Outside;
  readonly worker: RestartedProcess;
  readonly agent: RestartedProcess;
  readonly #postgres: TestPostgres;

  private constructor(
    { world, name }: { world: World; name: string },
    { bundle, outside, postgres }: { bundle: string; outside: Outside; postgres: TestPostgres },
  ) {
    this.world = world;
    this.name = name;
    this.home = join(world.home, 'sites', name);
    this.outside = outside;
    this.#postgres = postgres;
    const env = {
      ...{ ...process.env, ...world.workerEnvironment(this.taskQueue) },
      BELAY_NOTIFICATIONS: join(this.home, 'notifications.yaml'),
      BELAY_PLAYBOOK_HOSTS: '127.0.0.1',
      WEBHOOK_SECRET: `whsec_${randomBytes(32).toString('base64')}`,
    };
    this.worker = new RestartedProcess('./doomed-worker.ts', {
      ...{ env, logFile: join(this.home, 'worker.log') },
      given: { bundle, trap: this.trapFileOf('worker') },
    });
    this.agent = new RestartedProcess('./doomed-agent.ts', {
      ...{ env, logFile: join(this.home, 'agent.log') },
      given: {
        ...{ settings: join(this.home, 'agent.yaml'), trap: this.trapFileOf('agent') },
        ...{ ready: this.#ready, watchdog: ownProgram('src/agent/watchdog/main') },
      },
    });
  }

  /** Undefined where this machine has no PostgreSQL. */
  static async open(
    world: World,
    { name, bundle }: { name: string; bundle: string },
  ): Promise<RecoverySite | undefined> {
    const postgres = await TestPostgres.start();
    if (postgres === undefined) return undefined;
    const outside = new Outside();
    const site = new RecoverySite({ world, name }, { bundle, outside, postgres });
    try {
      await outside.listen();
      await site.#start();
      return site;
    } catch (error) {
      await site.close();
      throw error;
    }
  }

  get taskQueue(): string {
    return `crash-${this.name}`;
  }

  trapFileOf(process: 'worker' | 'agent'): string {
    return join(this.home, `${process}-trap.json`);
  }

  start(kind: RecoveryKind, spec: object): Promise<WorkflowHandle> {
    const definition = recoveryKinds[kind];
    return this.world.client.workflow.start(definition.workflowType, {
      workflowId: this.#workflowId(kind),
      ...{ taskQueue: this.taskQueue, workflowTaskTimeout: '3 s', args: [spec] },
    });
  }

  /** What a playbook changes, in one picture. */
  async read(): Promise<{ count: number; route: string; isNoted: boolean }> {
    const [row] = (await this.#postgres.run('SELECT n FROM counters', 'shop')) as { n: number }[];
    return {
      ...{ count: row?.n ?? Number.NaN, route: this.outside.route },
      isNoted: existsSync(this.#note),
    };
  }

  /** As at the start of every run. */
  async reset(): Promise<void> {
    await rm(this.#note, { force: true });
    await this.#postgres.run('UPDATE counters SET n = 0', 'shop');
    this.outside.route = 'api';
    this.outside.forget();
  }

  /** Everything that a run may leave behind, in words. */
  async leftovers(kind: RecoveryKind): Promise<string[]> {
    const state = await readChangeControlState(this.world.client, {
      environment: this.name,
      deadlineMs: Date.now() + 10_000,
    });
    const { status } = await this.world.client.workflow
      .getHandle(this.#workflowId(kind))
      .describe();
    return [
      ...(existsSync(this.#freeze) ? ['the lease of the agent'] : []),
      ...(state?.permits ?? []).map(({ runRef }) => `permit of ${runRef}`),
      ...(state?.freezes ?? []).map(({ why }) => `freeze: ${why}`),
      ...(status.name === 'RUNNING' ? ['its workflow is open'] : []),
    ];
  }

  /** After a run that did not end. */
  async end(kind: RecoveryKind): Promise<void> {
    await this.world.client.workflow
      .getHandle(this.#workflowId(kind))
      .terminate('the trial is over')
      .catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.agent.end();
    await this.worker.end();
    this.outside.close();
    await this.#postgres.stop();
  }

  get #ready(): string {
    return join(this.home, 'ready');
  }

  get #note(): string {
    return join(this.home, 'note');
  }

  get #freeze(): string {
    return join(this.home, 'freeze');
  }

  async #start(): Promise<void> {
    await mkdir(this.home, { recursive: true });
    await this.#postgres.newDatabase('shop');
    await this.#postgres.run(`CREATE ROLE playbooks LOGIN PASSWORD '${password}'`);
    await this.#postgres.run(
      `CREATE TABLE counters AS SELECT 1 AS id, 0 AS n;
       GRANT SELECT, UPDATE ON counters TO playbooks`,
      'shop',
    );
    await writeFile(join(this.home, 'password'), password, { mode: 0o600 });
    await writeFile(join(this.home, 'agent.yaml'), stringify(this.#settings()));
    const webhook = { url: `${this.outside.url}/people`, secret: { env: 'WEBHOOK_SECRET' } };
    await writeFile(
      join(this.home, 'notifications.yaml'),
      stringify({ channels: { people: { webhook } }, routes: [{ to: 'people' }] }),
    );
    await this.worker.start();
    await this.agent.start();
    await eventually(async () => {
      if (await this.agent.isDead()) {
        throw new Error(await readFile(join(this.home, 'agent.log'), 'utf8'));
      }
      await readFile(this.#ready);
    }, readyWithinMs);
  }

  #settings(): object {
    const { socketFolder, port } = this.#postgres;
    const argv = (...words: string[]) => ({
      description: 'of a test',
      argv: words,
      timeout: '30s',
    });
    return {
      name: this.name,
      stateFolder: join(this.home, 'state'),
      commands: {
        note: argv('/usr/bin/touch', this.#note),
        forget: argv('/usr/bin/rm', '-f', this.#note),
        freeze: {
          ...{ description: 'of a test', timeout: '30s' },
          lease: {
            apply: ['/usr/bin/touch', this.#freeze],
            revert: ['/usr/bin/rm', '-f', this.#freeze],
            longest: '10m',
          },
        },
      },
      probes: { noted: { command: { argv: ['/usr/bin/stat', this.#note] } } },
      clusters: {
        main: {
          ...{ dataFolder: socketFolder, socketFolder, port },
          sql: {
            ...{ user: 'playbooks', databases: ['shop'], changes: true },
            secrets: { PGPASSWORD: { file: join(this.home, 'password') } },
          },
        },
      },
    };
  }

  #workflowId(kind: RecoveryKind): string {
    return workflowIdOf(recoveryKinds[kind], { environment: this.name, name: 'shop' });
  }
}
