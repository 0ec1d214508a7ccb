import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPgBackRest } from '../../src/adapters/pgbackrest/pgbackrest-provider.ts';
import type { PostgresClusterSettings } from '../../src/specs/backups/agent-settings.ts';
import type {
  BackupSet,
  RepositoryContents,
  SetType,
} from '../../src/contracts/backups/backup-set.ts';
import type { BackupProvider, Tools } from '../../src/contracts/backups/provider.ts';
import {
  copyName,
  type Assertion,
  type AssertionResult,
  type CheckExtent,
  type ContentCheck,
  type CopyState,
  type Mark,
  type RemovedCopy,
  type RestoredCopy,
  type RestoreTarget,
} from '../../src/contracts/backups/store.ts';
import type { Attempt } from '../../src/contracts/kernel/agent-host.ts';
import type { RunStep } from '../../src/contracts/kernel/agent.ts';
import type { BackupPrograms } from '../archived-postgres/find-programs.ts';
import { ArchivedCluster, type ClusterOptions } from '../archived-postgres/archived-cluster.ts';
import { giveToUnprivileged } from '../archived-postgres/unprivileged.ts';
import { eventually } from '../programs/eventually.ts';
import { RealTools } from './real-tools.ts';

/** A real cluster, its repositories, and the provider as an agent would have it. */
export class BackupWorld {
  readonly cluster: ArchivedCluster;
  readonly tools = new RealTools();
  readonly scratch: string;
  provider: BackupProvider;
  #step = 0;
  #server: (() => Promise<void>) | undefined;

  private constructor(cluster: ArchivedCluster, scratch: string) {
    this.cluster = cluster;
    this.scratch = scratch;
    this.provider = this.providerFor({});
  }

  static async open(programs: BackupPrograms, options: ClusterOptions = {}): Promise<BackupWorld> {
    const cluster = await ArchivedCluster.start(programs, options);
    const scratch = await mkdtemp(join(tmpdir(), 'belay-scratch-'));
    await chmod(scratch, 0o755);
    return new BackupWorld(cluster, scratch);
  }

  get settings(): PostgresClusterSettings {
    return {
      ...{ name: 'main', database: 'postgres' },
      ...this.cluster.settings(),
    } as unknown as PostgresClusterSettings;
  }

  providerFor(
    changes: Partial<PostgresClusterSettings>,
    tools: Tools = this.tools,
  ): BackupProvider {
    return createPgBackRest({ tools, clusters: [{ ...this.settings, ...changes }] });
  }

  readonly call = {
    contract: 1,
    agent: 'db-1',
    plan: { environment: 'prod', backup: 'shop' },
    component: {
      name: 'database',
      agent: 'db-1',
      source: { kind: 'postgres' as const, cluster: 'main' },
      repositories: ['main', 'offsite'],
    },
  };

  nextAct(): RunStep {
    this.#step += 1;
    return { runRef: 'prod/shop/1', step: this.#step };
  }

  attempt(cancelled: AbortSignal = new AbortController().signal): Attempt {
    return { cancelled, leaving: new AbortController().signal, onProgress: () => undefined };
  }

  async makeSet(type: SetType = 'full', repository = 'main'): Promise<BackupSet> {
    const wanted = { ...this.call, act: this.nextAct(), repository, type };
    return this.provider.makeSet(wanted, this.attempt());
  }

  async mark(nonce: string): Promise<Mark> {
    return this.provider.writeMark({ ...this.call, act: this.nextAct(), nonce }, this.attempt());
  }

  async contents(repository = 'main'): Promise<RepositoryContents> {
    return this.provider.readRepository({ ...this.call, repository }, this.attempt());
  }

  async check(
    label: string,
    { repository = 'main', percent }: { repository?: string; percent?: number } = {},
  ): Promise<ContentCheck> {
    const extent: CheckExtent =
      percent === undefined ? { kind: 'all' } : { kind: 'sample', percent };
    const wanted = { ...this.call, act: this.nextAct(), repository, label, extent };
    return this.provider.checkSet(wanted, this.attempt());
  }

  async restore(
    label: string,
    target: RestoreTarget,
    { repository = 'main', into = 'copy' }: { repository?: string; into?: 'copy' | 'place' } = {},
  ): Promise<RestoredCopy> {
    const what = { act: this.nextAct(), repository, label, target, into: { kind: into } } as const;
    const wanted = { ...this.call, ...what, keepForMs: 60_000 };
    if (into === 'place') return this.provider.restoreSet(wanted, this.attempt());
    const folder = this.folderOf(copyName(what.act));
    await mkdir(folder, { mode: 0o700 });
    await giveToUnprivileged(folder);
    try {
      return await this.provider.restoreSet({ ...wanted, folder }, this.attempt());
    } catch (error) {
      // Nothing was written: else this fails.
      await rmdir(folder);
      throw error;
    }
  }

  folderOf(copy: string): string {
    return join(this.scratch, createHash('sha256').update(copy).digest('hex').slice(0, 16));
  }

  /** What a call about a copy says. */
  about(copy: string) {
    return { ...this.call, copy, folder: this.folderOf(copy) };
  }

  /** Runs the server of a copy while it is asked. */
  async asking(copy: string, ask: (state: CopyState) => Promise<void>): Promise<void> {
    const stop = new AbortController();
    const wanted = { ...this.about(copy), act: this.nextAct(), forMs: 60_000 };
    const ended = this.provider.runCopy(wanted, this.attempt(stop.signal)).catch(() => undefined);
    this.#server = async () => {
      stop.abort();
      await ended;
    };
    try {
      await ask(await this.settled(copy));
    } finally {
      stop.abort();
      await ended;
    }
  }

  async assert(copy: string, ...assertions: Assertion[]): Promise<AssertionResult[]> {
    const endServer = () => this.#server?.() ?? Promise.resolve();
    const wanted = { ...this.about(copy), act: this.nextAct(), assertions, endServer };
    return this.provider.assertCopy(wanted, this.attempt());
  }

  async remove(copy: string): Promise<RemovedCopy> {
    const wanted = { ...this.about(copy), act: this.nextAct() };
    const removed = await this.provider.removeCopy(wanted, this.attempt());
    await rm(wanted.folder, { recursive: true, force: true });
    return removed;
  }

  /** Waits until a repository has a segment. */
  async archived(segment: string, repository = 'main'): Promise<void> {
    await eventually(async () => {
      const { wal = [] } = await this.contents(repository);
      if (!wal.some(({ last }) => last >= segment)) throw new Error(`${segment} is not there yet`);
    });
  }

  /** Waits until the server of a copy has an end, good or bad. */
  settled(copy: string): Promise<CopyState> {
    return this.provider.inspectCopy({ ...this.about(copy), withinMs: 60_000 }, this.attempt());
  }

  async close(): Promise<void> {
    await this.cluster.close();
    await rm(this.scratch, { recursive: true, force: true });
  }
}
