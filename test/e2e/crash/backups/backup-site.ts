import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { stringify } from 'yaml';
import { findMarked } from '../../../../src/agent/programs/marked-processes.ts';
import { readChangeControlState } from '../../../../src/adapters/temporal/change-control.ts';
import { backupKinds } from '../../../../src/kinds/backups.ts';
import { workflowIdOf } from '../../../../src/kinds/locks.ts';
import type { BackupKind } from '../../../../src/kinds/workflow-types.ts';
import { wholeTag } from '../../../../src/adapters/restic/sets/tags.ts';
import type { BackupPrograms } from '../../../../scripts/archived-postgres/find-programs.ts';
import { ArchivedCluster } from '../../../../scripts/archived-postgres/archived-cluster.ts';
import { TestRestic } from '../../../fixtures/backups/test-restic.ts';
import { builtProgram } from '../../../fixtures/built.ts';
import { eventually } from '../../../fixtures/eventually.ts';
import type { Bundles } from '../bundles.ts';
import type { World } from '../world.ts';
import { pictureIn, soundContent, type BackupScenario } from './backup-scenarios.ts';
import { RestartedProcess } from '../restarted-process.ts';
import { ToolGates } from './tool-gates.ts';

/** On a machine that is busy. */
const readyWithinMs = 180_000;

type RepositoryName = 'main' | 'files' | 'copies';
/** Labels by repository. */
export type Inventory = Record<RepositoryName, string[]>;

/** One host with a database, files and an agent, and the worker of its runs: each can be killed. */
export class BackupSite {
  readonly name: string;
  readonly home: string;
  readonly world: World;
  readonly cluster: ArchivedCluster;
  readonly worker: RestartedProcess;
  readonly agent: RestartedProcess;
  readonly gates: ToolGates;
  readonly #restic: Record<'files' | 'copies', TestRestic>;

  private constructor(
    { world, name }: { world: World; name: string },
    parts: Pick<BackupSite, 'cluster' | 'worker' | 'agent' | 'gates'>,
    restic: Record<'files' | 'copies', TestRestic>,
  ) {
    this.world = world;
    this.name = name;
    this.home = homeOf(world, name);
    this.cluster = parts.cluster;
    this.worker = parts.worker;
    this.agent = parts.agent;
    this.gates = parts.gates;
    this.#restic = restic;
  }

  static async open(
    world: World,
    name: string,
    { programs, bundles }: { programs: BackupPrograms; bundles: Bundles },
  ): Promise<BackupSite> {
    const home = homeOf(world, name);
    await mkdir(join(home, 'uploads'), { recursive: true });
    // Tools of other accounts get in.
    for (const folder of [world.home, join(world.home, 'sites'), home]) await chmod(folder, 0o711);
    const cluster = await ArchivedCluster.start(programs);
    const restic = {
      files: await TestRestic.create(programs),
      copies: await TestRestic.create(programs),
    };
    const gates = new ToolGates(join(home, 'gates'));
    await gates.write([programs.pgbackrest, programs.restic], programs.postgres);
    const taskQueue = `crash-${name}`;
    const env = { ...process.env, ...world.workerEnvironment(taskQueue) };
    const logFile = (process: string) => join(home, `${process}.log`);
    const worker = new RestartedProcess('./doomed-worker.ts', {
      ...{ env, logFile: logFile('worker') },
      given: { bundle: bundles.withFailpoints, trap: join(home, 'worker-trap.json') },
    });
    const agent = new RestartedProcess('./doomed-agent.ts', {
      ...{ env, logFile: logFile('agent') },
      given: {
        ...{ settings: join(home, 'agent.yaml'), trap: join(home, 'agent-trap.json') },
        ...{ ready: join(home, 'ready'), watchdog: await builtProgram('src/agent/watchdog/main') },
      },
    });
    const site = new BackupSite({ world, name }, { cluster, worker, agent, gates }, restic);
    try {
      await site.#start();
    } catch (error) {
      await site.close();
      throw error;
    }
    return site;
  }

  get uploads(): string {
    return join(this.home, 'uploads');
  }

  get taskQueue(): string {
    return `crash-${this.name}`;
  }

  plan({ components }: BackupScenario, more: object = {}): object {
    const all = {
      database: { postgres: { cluster: 'main' }, repositories: ['main'] },
      uploads: { files: { paths: [this.uploads] }, repositories: ['files'] },
    };
    return {
      ...{ kind: 'backup', environment: this.name, backup: 'shop', agent: this.name },
      components: Object.fromEntries(components.map((name) => [name, all[name]])),
      ...more,
    };
  }

  start(kind: BackupKind, spec: object): Promise<WorkflowHandle> {
    return this.world.client.workflow.start(backupKinds[kind].workflowType, {
      workflowId: workflowIdOf(backupKinds[kind], { environment: this.name, name: 'shop' }),
      ...{ taskQueue: this.taskQueue, workflowTaskTimeout: '3 s', args: [spec] },
    });
  }

  /** What the tools themselves list, whoever knows of it. */
  async inventory(): Promise<Inventory> {
    return {
      main: await this.#setsOfCluster(),
      files: await setsOf(this.#restic.files),
      copies: await setsOf(this.#restic.copies),
    };
  }

  /** What the catalogue says is there. */
  async catalogue(): Promise<Inventory> {
    const entries = await this.world.ledger.catalogue.list({ environment: this.name });
    const labelsIn = (repository: RepositoryName) =>
      entries
        .map(({ entry }) => entry)
        .filter(
          ({ set, expired, missing }) => set.repository === repository && !expired && !missing,
        )
        .map(({ set }) => set.label)
        .sort();
    return { main: labelsIn('main'), files: labelsIn('files'), copies: labelsIn('copies') };
  }

  /** Everything that a run may leave behind, in words. */
  async leftovers(): Promise<string[]> {
    const copies = await readdir(join(this.home, 'scratch')).catch(() => []);
    const locks = await readdir(join(this.cluster.folder, 'lock'));
    const folders = await readdir(this.cluster.folder);
    const left = [
      ...folders.filter(isStray).map((name) => `folder ${name}`),
      ...copies.filter((name) => !name.endsWith('.json')).map((name) => `copy ${name}`),
      ...locks.map((name) => `lock of pgBackRest: ${name}`),
      ...(await this.#resticLocks()),
      ...(await this.runningTools()).map((pid) => `process ${pid}`),
      ...(await this.#permits()),
    ];
    const isFrozen = await readFile(join(this.home, 'frozen')).then(
      () => true,
      () => false,
    );
    return isFrozen ? [...left, 'the freeze'] : left;
  }

  async runningTools(): Promise<number[]> {
    const file = await readFile(join(this.home, 'state', 'instance.json'), 'utf8');
    const { instance } = JSON.parse(file) as { instance: string };
    return (await findMarked(instance)).map(({ pid }) => pid);
  }

  async killDatabase(): Promise<void> {
    await this.cluster.killServer();
    // What is left of the old one goes a moment later.
    await eventually(() => this.cluster.startServer(), readyWithinMs);
    await eventually(() => this.cluster.sql('SELECT 1'), readyWithinMs);
  }

  async close(): Promise<void> {
    await this.agent.end();
    await this.worker.end();
    await this.#restic.files.close();
    await this.#restic.copies.close();
    await this.cluster.close();
  }

  async #start(): Promise<void> {
    await writeFile(pictureIn(this.uploads), soundContent);
    await writeFile(join(this.home, 'agent.yaml'), stringify(this.#settings()));
    await this.worker.start();
    await this.agent.start();
    await eventually(async () => {
      if (await this.agent.isDead())
        throw new Error(await readFile(join(this.home, 'agent.log'), 'utf8'));
      await readFile(join(this.home, 'ready'));
    }, readyWithinMs);
    await rm(join(this.home, 'ready'));
  }

  #settings(): object {
    const { pgbackrest, ...cluster } = this.cluster.settings() as { pgbackrest: object };
    const repositoryOf = (restic: TestRestic) => ({
      restic: { ...(restic.settings()['restic'] as object), program: this.gates.path('restic') },
    });
    const frozen = join(this.home, 'frozen');
    return {
      name: this.name,
      stateFolder: join(this.home, 'state'),
      commands: {
        freeze: {
          description: 'holds the uploads',
          timeout: '30s',
          lease: {
            apply: ['/bin/touch', frozen],
            revert: ['/bin/rm', '-f', frozen],
            longest: '10m',
          },
        },
      },
      clusters: {
        main: {
          ...cluster,
          programs: this.gates.serverFolder,
          pgbackrest: { ...pgbackrest, program: this.gates.path('pgbackrest') },
        },
      },
      backups: {
        repositories: {
          files: repositoryOf(this.#restic.files),
          copies: repositoryOf(this.#restic.copies),
        },
        paths: [this.uploads],
        scratch: { folder: join(this.home, 'scratch') },
      },
    };
  }

  async #setsOfCluster(): Promise<string[]> {
    const [stanza] = JSON.parse(await this.cluster.pgbackrest('info', '--output=json')) as {
      backup: { label: string }[];
    }[];
    return (stanza?.backup ?? []).map(({ label }) => label).sort();
  }

  async #resticLocks(): Promise<string[]> {
    const listed = await Promise.all(
      Object.values(this.#restic).map((restic) => restic.restic('list', 'locks', '--no-lock')),
    );
    return listed
      .flatMap((said) => said.split('\n'))
      .filter((line) => /^[0-9a-f]{64}$/.test(line))
      .map((id) => `lock of restic: ${id}`);
  }

  async #permits(): Promise<string[]> {
    const state = await readChangeControlState(this.world.client, {
      environment: this.name,
      deadlineMs: Date.now() + 10_000,
    });
    return (state?.permits ?? []).map(({ runRef }) => `permit of ${runRef}`);
  }
}

/** What a database was before is kept for a while. */
function isStray(name: string): boolean {
  return name.includes('.belay-') && !name.startsWith('data.belay-replaced-until-');
}

function homeOf(world: World, name: string): string {
  return join(world.home, 'sites', name);
}

/** Those that are whole. */
async function setsOf(restic: TestRestic): Promise<string[]> {
  const snapshots = JSON.parse(await restic.restic('snapshots', '--json', '--no-lock')) as {
    id: string;
    tags?: string[];
  }[];
  return snapshots
    .filter(({ tags = [] }) => tags.includes(wholeTag))
    .map(({ id }) => id)
    .sort();
}
