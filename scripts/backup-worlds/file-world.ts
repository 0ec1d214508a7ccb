import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createResticProvider } from '../../src/adapters/restic/restic-provider.ts';
import { resticProgram } from '../../src/config/restic-program.ts';
import type { BackupSet, SetType } from '../../src/contracts/backups/backup-set.ts';
import type { BackupProvider } from '../../src/contracts/backups/provider.ts';
import type { Component } from '../../src/contracts/backups/source.ts';
import type { RestoreInto } from '../../src/contracts/backups/store.ts';
import { agentContract, type RunStep } from '../../src/contracts/kernel/agent.ts';
import type { ResticRepositorySettings } from '../../src/specs/backups/agent-settings.ts';
import { PlainTools } from './plain-tools.ts';
import { writeQuickRepository } from './quick-repository.ts';

const password = 'open sesame';

interface WorldOptions {
  program: string;
  /** By the name of the repository; by default `main`, a folder. */
  repositories?: Readonly<Record<string, Partial<ResticRepositorySettings>>>;
  /** The first repository is created by its first backup, as the others are. */
  isAbsent?: boolean;
  cache?: boolean;
}

/** A host with a folder `source`, and a repository; others are created by what is first copied to them. */
export class FileWorld {
  readonly folder: string;
  readonly source: string;
  readonly tools = new PlainTools();
  readonly repositories: ResticRepositorySettings[];
  readonly #cache: boolean;
  #step = 0;

  private constructor(folder: string, { program, repositories, cache = false }: WorldOptions) {
    this.folder = folder;
    this.source = join(folder, 'source');
    this.#cache = cache;
    this.repositories = Object.entries(repositories ?? { main: {} }).map(([name, settings]) => ({
      ...{ name, program, location: join(folder, name), environment: {}, create: true },
      secrets: { RESTIC_PASSWORD: { file: join(folder, 'password') } },
      ...settings,
    }));
  }

  static async open(options: WorldOptions): Promise<FileWorld> {
    const world = new FileWorld(await mkdtemp(join(tmpdir(), 'belay-files-')), options);
    await mkdir(world.source);
    await writeFile(join(world.folder, 'password'), `${password}\n`);
    await world.write('invoices/1.txt', 'one');
    await world.write('invoices/2.txt', 'two');
    const first = world.repositories[0]?.location ?? '';
    if (!options.isAbsent && first.startsWith('/')) await writeQuickRepository(first, password);
    return world;
  }

  get provider(): BackupProvider {
    return createResticProvider(this.tools, {
      repositories: this.repositories,
      paths: [this.source],
      lockPatienceMs: 3_000,
      ...(this.#cache && { cacheFolder: join(this.folder, 'cache') }),
    });
  }

  async write(path: string, content: string | Buffer): Promise<void> {
    const file = join(this.source, path);
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, content);
  }

  component(changes: Partial<Component> = {}, exclude: string[] = []): Component {
    return {
      ...{ name: 'uploads', agent: 'files-1' },
      source: { kind: 'files', paths: [this.source], exclude },
      repositories: this.repositories.map(({ name }) => name),
      ...changes,
    };
  }

  /** Each a step of its own. */
  act(): RunStep {
    this.#step += 1;
    return { runRef: '20261129T080000Z-0a1b2c3d', step: this.#step };
  }

  call(component = this.component(), backup = 'shop') {
    const repository = component.repositories[0] ?? '';
    const plan = { environment: 'prod', backup };
    return { contract: agentContract, agent: 'files-1', plan, component, repository };
  }

  async make(
    options: { type?: SetType; act?: RunStep; component?: Component; backup?: string } = {},
  ) {
    const { type = 'incremental', act = this.act(), component, backup } = options;
    const call = { ...this.call(component, backup), act, type };
    return this.provider.makeSet(call, this.tools.attempt);
  }

  read(component?: Component, repository?: string) {
    const call = this.call(component);
    const at = repository ?? call.repository;
    return this.provider.readRepository({ ...call, repository: at }, this.tools.attempt);
  }

  examine(component?: Component) {
    return this.provider.examineSource(this.call(component), this.tools.attempt);
  }

  check({ label }: Pick<BackupSet, 'label'>, percent?: number) {
    const extent =
      percent === undefined ? { kind: 'all' as const } : { kind: 'sample' as const, percent };
    const act = this.act();
    return this.provider.checkSet({ ...this.call(), act, label, extent }, this.tools.attempt);
  }

  expire(labels: string[], act = this.act()) {
    return this.provider.expireSets({ ...this.call(), act, labels }, this.tools.attempt);
  }

  copy({ label }: Pick<BackupSet, 'label'>, to: string) {
    return this.provider.copySet(
      { ...this.call(), act: this.act(), label, to },
      this.tools.attempt,
    );
  }

  async restore(
    { label }: Pick<BackupSet, 'label'>,
    { into = { kind: 'copy' }, component }: { into?: RestoreInto; component?: Component } = {},
  ) {
    const act = this.act();
    const folder = join(this.folder, 'scratch', `copy-${act.step}`);
    await mkdir(folder, { recursive: true });
    const call = { ...this.call(component), act, label, into, keepForMs: 60_000 };
    const target = { kind: 'set' as const };
    const copy = await this.provider.restoreSet(
      { ...call, target, ...(into.kind === 'copy' && { folder }) },
      this.tools.attempt,
    );
    return { ...copy, place: folder };
  }

  assertFiles(place: string) {
    const call = { ...this.call(), act: this.act(), copy: 'copy', folder: place };
    const assertions = [{ kind: 'files' as const }];
    const endServer = () => Promise.resolve();
    return this.provider.assertCopy({ ...call, assertions, endServer }, this.tools.attempt);
  }

  /** restic alone, as somebody at the host would give it. */
  async restic(args: string[], name?: string) {
    const settings = this.repositories.find((one) => name === undefined || one.name === name);
    if (!settings) throw new Error(`there is no repository ${name ?? ''}`);
    const { environment, secrets, location } = settings;
    const variables = { ...environment, RESTIC_REPOSITORY: location };
    const limits = { timeoutMs: 60_000, graceMs: 1_000 };
    const argv = [resticProgram(settings), '--no-cache', ...args];
    return this.tools.read({ argv, environment: variables, secrets, ...limits });
  }

  close(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}
