import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Copies } from '../../../src/agent/backups/copies.ts';
import { openBackups, type OpenBackups } from '../../../src/agent/backups/open-backups.ts';
import type { Source } from '../../../src/contracts/backups/source.ts';
import { copyName, type RestoreSetCall } from '../../../src/contracts/backups/store.ts';
import { agentContract } from '../../../src/contracts/kernel/agent.ts';
import type { BackupSettings } from '../../../src/specs/backups/agent-settings.ts';
import { FakeProvider } from './fake-provider.ts';

const never = new AbortController().signal;
export const attempt = { cancelled: never, leaving: never, onProgress: () => undefined };
export const act = { runRef: 'restore/prod/shop/1', step: 3 };
export const copy = copyName(act);
const hourMs = 3_600_000;

/** What an agent answers calls about backups with, in a folder of its own, beside a provider that a test scripts. */
export class OpenedBackups {
  readonly folder: string;
  settings: BackupSettings;
  fake = new FakeProvider();
  /** What it reported, in order. */
  problems: string[] = [];
  #backups: OpenBackups | undefined;

  private constructor(folder: string) {
    this.folder = folder;
    this.settings = {
      ...{ clusters: [], paths: [this.uploads] },
      repositories: [
        {
          ...{ name: 'files', location: '/srv/restic', program: '/usr/bin/restic' },
          ...{ environment: {}, secrets: {} },
        },
      ],
      scratch: { folder: join(folder, 'copies') },
    };
  }

  static async open(): Promise<OpenedBackups> {
    const opened = new OpenedBackups(await mkdtemp(join(tmpdir(), 'belay-backups-')));
    await mkdir(opened.uploads);
    await opened.reopen();
    return opened;
  }

  get calls(): OpenBackups {
    if (this.#backups === undefined) throw new Error('it is closed');
    return this.#backups;
  }

  get uploads(): string {
    return join(this.folder, 'uploads');
  }

  /** As a later agent of the same host, with its settings of now. */
  async reopen(): Promise<void> {
    await this.close();
    const { tools, provider } = this.fake;
    this.#backups = await openBackups({
      ...{ agent: 'db-1', settings: this.settings, tools },
      providers: { postgres: provider, files: provider, kubernetes: provider, volumes: provider },
      onError: (message) => this.problems.push(message),
    });
  }

  async close(): Promise<void> {
    await this.#backups?.close();
    this.#backups = undefined;
  }

  async remove(): Promise<void> {
    await this.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  withoutCopies(): BackupSettings {
    const { repositories, paths } = this.settings;
    return { clusters: [], repositories, paths };
  }

  /** Of a call about files. */
  about(...paths: string[]) {
    return {
      ...{ contract: agentContract, agent: 'db-1', plan: { environment: 'prod', backup: 'shop' } },
      component: {
        ...{ name: 'uploads', agent: 'db-1', repositories: ['files'] },
        source: { kind: 'files', paths, exclude: [] } satisfies Source as Source,
      },
    };
  }

  /** About what its settings allow. */
  here() {
    return this.about(this.uploads);
  }

  restoring(more: Partial<RestoreSetCall> = {}): RestoreSetCall {
    return {
      ...{ ...this.here(), act, repository: 'files', label: 'aaaa' },
      ...{ target: { kind: 'set' }, into: { kind: 'copy' }, keepForMs: hourMs },
      ...more,
    };
  }

  /** What is written down of its copies. */
  records(): Copies {
    return new Copies({ folder: join(this.folder, 'copies') });
  }
}
