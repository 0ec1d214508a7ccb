import { findAccount } from '../../config/account.ts';
import type { BackupHost, BackupProviders } from '../../contracts/backups/backup-host.ts';
import type { BackupProvider, Tools } from '../../contracts/backups/provider.ts';
import type { Source } from '../../contracts/backups/source.ts';
import {
  copyName,
  type CopyCall,
  type RepositoryCall,
  type RestoreSetCall,
  type StoreCall,
} from '../../contracts/backups/store.ts';
import { AgentError, type Attempt } from '../../contracts/kernel/agent-host.ts';
import { agentContract, type RunStep } from '../../contracts/kernel/agent.ts';
import type { NamedByCall } from '../../policies/backups/agents/judge-store-call.ts';
import type { BackupSettings } from '../../specs/backups/agent-settings.ts';
import { showGiven } from '../../specs/kernel/given.ts';
import { repeat } from '../repeat.ts';
import { unattended } from '../unattended.ts';
import { Copies, type CopyRecord } from './copies.ts';
import { refuseCall } from './refuse-call.ts';

export interface BackupsOptions {
  agent: string;
  settings: BackupSettings;
  tools: Tools;
  providers: BackupProviders;
  onError: (message: string, error: unknown) => void;
}

export interface OpenBackups extends BackupHost {
  /** Removes copies whose time is over. Happens by itself every few seconds. */
  sweep(): Promise<void>;
  close(): Promise<void>;
}

const sweepEveryMs = 5_000;
/** So that a copy outlives a killed agent by at least its time less this. */
const touchEveryMs = 10_000;

interface CallUnderWay {
  /** Its copy is removed: what it has started is ended, and it starts nothing more. */
  removal: AbortController;
  ended: Promise<void>;
}

/** Takes up the copies that an earlier agent has left, and removes those whose time is over. */
export async function openBackups(options: BackupsOptions): Promise<OpenBackups> {
  const { scratch } = options.settings;
  const copies = scratch && new Copies(scratch, options.onError);
  const backups = new Backups(options, copies);
  const onSweepError = (error: unknown) => options.onError('restored copies cannot be read', error);
  // Without it, everything else is done all the same: there may be leases to revert.
  await copies?.prepare().then(() => backups.sweep(), onSweepError);
  await backups.sweepProviders();
  const work = () => backups.sweepProviders().then(() => backups.sweep());
  const timer = repeat(work, sweepEveryMs, onSweepError);
  return { ...backups.host(), sweep: work, close: () => timer.stop() };
}

class Backups {
  readonly #options: BackupsOptions;
  readonly #copies: Copies | undefined;
  /** Calls about a copy that are under way: nothing is swept from under them. */
  readonly #calls = new Map<string, Set<CallUnderWay>>();

  constructor(options: BackupsOptions, copies: Copies | undefined) {
    this.#options = options;
    this.#copies = copies;
  }

  host(): BackupHost {
    const provider = (call: StoreCall) => this.#providerOf(call);
    return {
      examineSource: async (call, attempt) => {
        const { repositories } = call.component;
        await this.#refuse(call, { repositories, touchesSource: true });
        return provider(call).examineSource(call, attempt);
      },
      readRepository: async (call, attempt) => {
        await this.#refuse(call, { repositories: [call.repository] });
        return provider(call).readRepository(call, attempt);
      },
      writeMark: async (call, attempt) => {
        await this.#refuse(call, { touchesSource: true });
        return provider(call).writeMark(call, attempt);
      },
      makeSet: async (call, attempt) => {
        await this.#refuse(call, { repositories: [call.repository], touchesSource: true });
        return provider(call).makeSet(call, attempt);
      },
      checkSet: async (call, attempt) => {
        await this.#refuse(call, { repositories: [call.repository], labels: [call.label] });
        return provider(call).checkSet(call, attempt);
      },
      expireSets: async (call, attempt) => {
        await this.#refuse(call, { repositories: [call.repository], labels: call.labels });
        return provider(call).expireSets(call, attempt);
      },
      copySet: async (call, attempt) => {
        const repositories = [call.repository, call.to];
        await this.#refuse(call, { repositories, labels: [call.label] });
        return provider(call).copySet(call, attempt);
      },
      restoreSet: (call, attempt) => this.#restore(call, attempt),
      runCopy: (call, attempt) =>
        this.#about(call, attempt, call.act, (place, following) =>
          provider(call).runCopy({ ...call, ...place }, following),
        ),
      inspectCopy: (call, attempt) =>
        this.#about(call, attempt, undefined, (place, following) =>
          provider(call).inspectCopy({ ...call, ...place }, following),
        ),
      assertCopy: (call, attempt) =>
        this.#about(call, attempt, call.act, (place, following) =>
          provider(call).assertCopy({ ...call, ...place }, following),
        ),
      removeCopy: async (call, attempt) => {
        await this.#refuse(call, {});
        return { removed: await this.#remove(call, attempt) };
      },
    };
  }

  /** Removes copies whose time is over, unless a call about them is under way. */
  async sweep(): Promise<void> {
    const copies = this.#copies;
    if (copies === undefined) return;
    const nowMs = Date.now();
    for (const record of await copies.list()) {
      const { copy, plan, component } = record;
      if (!isOverdue(record, nowMs) || (this.#calls.has(copy) && !record.isGoing)) continue;
      // Of nobody's run: a step of one could come too late.
      const act = { runRef: `sweep of ${copy}`, step: 1 };
      const { agent } = this.#options;
      const call = { contract: agentContract, agent, plan, component, copy, act };
      await this.#remove(call, unattended).catch((error: unknown) => {
        this.#options.onError(`copy ${copy}, whose time is over, cannot be removed yet`, error);
      });
    }
    await copies.forget(nowMs);
  }

  /** What is left outside of copies. */
  async sweepProviders(): Promise<void> {
    const { providers, onError } = this.#options;
    for (const provider of new Set(Object.values(providers) as BackupProvider[])) {
      await provider.sweep?.().catch((error: unknown) => {
        onError('what earlier calls have left cannot be removed yet', error);
      });
    }
  }

  async #restore(call: RestoreSetCall, attempt: Attempt): ReturnType<BackupProvider['restoreSet']> {
    const { repository, label, into } = call;
    const touchesSource = into.kind !== 'copy';
    const named = { repositories: [repository], labels: [label], touchesSource, into };
    await this.#refuse(call, named);
    const provider = this.#providerOf(call);
    // What is restored for good is not swept.
    const isForGood = into.kind === 'place' || (into.kind === 'namespaces' && !into.drill);
    if (isForGood) return provider.restoreSet(call, attempt);
    const copies = this.#requireCopies();
    const { plan, component, keepForMs, act } = call;
    const copy = copyName(act);
    return this.#during(copy, attempt, async (following) => {
      const known = await copies.read(copy);
      const bytes = known?.bytes ?? (await this.#sizeOf(call, attempt));
      const removeAtMs = Date.now() + keepForMs;
      const record = { copy, plan, component, bytes, keepForMs, removeAtMs, acts: [act] };
      const folder = await copies.open(record, await this.#ownerOf(call));
      const restored = await provider.restoreSet({ ...call, folder }, following);
      await copies.endRestore(copy);
      return restored;
    });
  }

  /** Throws AgentError where there is no such set. */
  async #sizeOf(call: RestoreSetCall, attempt: Attempt): Promise<number> {
    const { repository, label } = call;
    const { sets } = await this.#providerOf(call).readRepository(call, attempt);
    const set = sets.find((each) => each.label === label);
    if (set === undefined) {
      throw new AgentError('refused', `repository ${repository} has no set ${label}`);
    }
    return set.bytes;
  }

  async #about<T>(
    call: CopyCall,
    attempt: Attempt,
    act: RunStep | undefined,
    work: (place: { folder: string }, following: Attempt) => Promise<T>,
  ): Promise<T> {
    await this.#refuse(call, {});
    const copies = this.#requireCopies();
    return this.#during(call.copy, attempt, async (following) => {
      await copies.touch(call.copy, act);
      return work({ folder: copies.folderOf(call.copy) }, following);
    });
  }

  /** Keeps a copy while a call about it is under way, and for its time after that. */
  async #during<T>(
    copy: string,
    attempt: Attempt,
    work: (following: Attempt) => Promise<T>,
  ): Promise<T> {
    const copies = this.#requireCopies();
    const removal = new AbortController();
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    const call = { removal, ended };
    const calls = this.#calls.get(copy) ?? new Set();
    this.#calls.set(copy, calls.add(call));
    const keep = () => copies.touch(copy).catch(() => undefined);
    const timer = setInterval(() => void keep(), touchEveryMs);
    try {
      const cancelled = AbortSignal.any([attempt.cancelled, removal.signal]);
      return await work({ ...attempt, cancelled });
    } finally {
      clearInterval(timer);
      await keep();
      calls.delete(call);
      if (calls.size === 0) this.#calls.delete(copy);
      end();
    }
  }

  /** Ends what still runs in it first. Returns whether there was one. */
  async #remove(call: CopyCall & { act: RunStep }, attempt: Attempt): Promise<boolean> {
    const copies = this.#copies;
    if (copies === undefined) return false;
    const { copy } = call;
    const known = await copies.read(copy);
    if (known?.removedAtMs !== undefined) return false;
    const startedMs = performance.now();
    const progress = setInterval(() => {
      const elapsedMs = performance.now() - startedMs;
      attempt.onProgress({ phase: 'running', elapsedMs, stdoutBytes: 0, stderrBytes: 0 });
    }, 500);
    try {
      const record = await copies.beginRemoval(call);
      // One that was let in before has perhaps not started its act yet: there is nothing to stop then.
      const underWay = [...(this.#calls.get(copy) ?? [])];
      for (const { removal } of underWay) removal.abort();
      for (const act of record?.acts ?? []) await this.#options.tools.stop(act);
      await Promise.all(underWay.map(({ ended }) => ended));
      const folder = copies.folderOf(copy);
      if (record) await this.#providerOf(call).removeCopy({ ...call, folder }, attempt);
      await copies.endRemoval(copy);
      return record !== undefined;
    } finally {
      clearInterval(progress);
    }
  }

  async #refuse(call: StoreCall, named: Partial<NamedByCall>): Promise<void> {
    const { agent, settings } = this.#options;
    const { source } = call.component;
    await refuseCall(
      { agent, settings },
      { source, repositories: [], labels: [], touchesSource: false, ...named },
    );
  }

  #providerOf({ component: { source } }: StoreCall): BackupProvider {
    const { postgres, files, kubernetes } = this.#options.providers;
    switch (source.kind) {
      case 'postgres':
        return postgres;
      case 'files':
      case 'models':
      case 'configuration':
        return files;
      case 'kubernetes':
        return kubernetes;
      default:
        throw new AgentError(
          'refused',
          `${showGiven((source as Source).kind)} is no kind of source`,
        );
    }
  }

  #requireCopies(): Copies {
    if (this.#copies) return this.#copies;
    throw new AgentError(
      'refused',
      `agent ${this.#options.agent} restores nothing beside its source; its settings name no scratch folder`,
    );
  }

  /** Of a copy's folder: the account of the tool that restores; absent: that of the agent. */
  async #ownerOf({ component: { source }, repository }: RepositoryCall) {
    const { clusters, repositories } = this.#options.settings;
    const user =
      source.kind === 'postgres'
        ? clusters.find(({ name }) => name === source.cluster)?.user
        : repositories.find(({ name }) => name === repository)?.user;
    if (user === undefined || process.getuid?.() !== 0) return undefined;
    const account = await findAccount(user);
    if (account) return account;
    throw new AgentError('unfinished', `there is no account ${user} on this host`);
  }
}

function isOverdue({ removeAtMs, removedAtMs, isGoing }: CopyRecord, nowMs: number): boolean {
  return removedAtMs === undefined && (isGoing === true || removeAtMs <= nowMs);
}
