import type { AgentCall, RunStep } from '../kernel/agent.ts';
import type { BackupSet, RepositoryContents, SetType, WalPosition } from './backup-set.ts';
import type { Component, PlanName } from './source.ts';

/** Every call says what it is about; the agent refuses what its settings do not allow. */
export interface StoreCall extends AgentCall {
  plan: PlanName;
  component: Component;
}

export interface RepositoryCall extends StoreCall {
  repository: string;
}

/** Where the next page of a reading begins; absent: a new reading. */
export interface ReadRepositoryCall extends RepositoryCall {
  page?: { readAtMs: number; from: number };
}

/**
 * A part of a reading, small enough for one payload. Of `sets`, and of what is foreign among them, it has
 * those from where it begins; only the first one has the rest.
 */
export interface RepositoryPage extends RepositoryContents {
  /** Where the next one begins; absent: this is the last. */
  next?: number;
}

/** What is known of a source before anything is done with it. */
export interface SourceFacts {
  /** Every reason why it cannot be backed up now; empty: it can. */
  refusals: readonly string[];
  remarks: readonly string[];
  /** Such as `pgBackRest 2.45`. */
  tool: string;
  identity?: string;
  /** Of the source, in bytes, as far as it is known. */
  bytes?: number;
  database?: {
    /** Such as `15.18`. */
    version: string;
    role: 'primary' | 'standby';
    running: boolean;
    /** Why a manager is in charge of it; absent: nothing says so. */
    managedBy?: string;
    /** Which one; absent: Patroni. */
    manager?: 'CloudNativePG';
    /** Now; absent where it does not run. */
    at?: WalPosition;
    /** What PostgreSQL says of its archiver; compared with what the repositories have. */
    archiver?: {
      lastArchived?: string;
      lastArchivedAtMs?: number;
      lastFailed?: string;
      lastFailedAtMs?: number;
      /** Segments on the host that are waiting to be archived. */
      waiting: number;
    };
  };
}

/** A row that a run commits to the source, to be looked for in a copy. */
export interface Mark {
  /** Unique; says nothing to anybody else. */
  nonce: string;
  /** By the clock of the source, with its microseconds cut off. */
  committedAtMs: number;
  at: WalPosition;
}

export interface WriteMarkCall extends StoreCall {
  act: RunStep;
  nonce: string;
}

export interface MakeSetCall extends RepositoryCall {
  act: RunStep;
  /** What is asked for; a set without the one that it builds on is made as a full one. */
  type: SetType;
}

/** `all` reads every byte back, a sample the stated part of the data. */
export type CheckExtent = { kind: 'all' } | { kind: 'sample'; percent: number };

export interface CheckSetCall extends RepositoryCall {
  act: RunStep;
  label: string;
  extent: CheckExtent;
}

/** One thing that is wrong with a set, in the words of whoever found it. */
export interface Damage {
  /** A file, a pack, a segment. */
  where: string;
  what: string;
}

export interface ContentCheck {
  label: string;
  extent: CheckExtent;
  /** Empty: everything that was read of the set, and of what it needs, is sound. */
  damage: readonly Damage[];
  /** Damage to the log after the set: it can be restored to its end, and not past the first of these. */
  log?: readonly Damage[];
  /** Damage in the same repository to what this set does not need. */
  elsewhere?: readonly Damage[];
  bytesRead?: number;
  /** What of the set nobody can read back but by a restore; absent: nothing. */
  unread?: string;
  startedAtMs: number;
  endedAtMs: number;
}

export interface ExpireSetsCall extends RepositoryCall {
  act: RunStep;
  /** None of them is needed by a set that stays. */
  labels: readonly string[];
}

/** What was seen gone: the repository was read again. */
export interface ExpiredSets {
  gone: readonly string[];
  /** Bytes that the repository has less; absent where the storage does not say. */
  freedBytes?: number;
}

export interface CopySetCall extends RepositoryCall {
  act: RunStep;
  label: string;
  /** Another repository of the same agent. */
  to: string;
}

export interface CopiedSet {
  set: BackupSet;
  /** How it was proven equal, in one line; a copy that is not equal is an error. */
  equal: string;
}

/** Up to where a restore goes: the end of its set, a moment, or all that there is. */
export type RestoreTarget =
  | { kind: 'set' }
  | { kind: 'time'; atMs: number }
  /** Exclusive: what is recorded there is left out. */
  | { kind: 'lsn'; lsn: string; exclusive?: true }
  | { kind: 'latest' };

/**
 * `copy`: beside, in the agent's scratch folder. `place`: over the source, which must not be running.
 * `next`: a database, beside its data folder, whose place it takes later. `namespaces`: into
 * namespaces of a cluster. Volumes are copied into namespaces of their own.
 */
export type RestoreInto =
  | { kind: 'copy' }
  /** Files that the set does not have are kept, and named, unless they are to be removed. */
  | { kind: 'place'; extras?: 'keep' | 'remove' }
  | { kind: 'next' }
  | {
      kind: 'namespaces';
      /** From those of the set; one that is not named keeps its name. */
      map: Readonly<Record<string, string>>;
      /** What would be seen outside is left out or disabled: ingresses, load balancers, cron jobs. */
      drill: boolean;
    };

/** `agent` is the one that restores, which may be another than the component's. */
export interface RestoreSetCall extends RepositoryCall {
  act: RunStep;
  label: string;
  target: RestoreTarget;
  into: RestoreInto;
  /** After this the agent removes the copy by itself; extended by every later call about it. */
  keepForMs: number;
}

/** What the copy of a restore is called: known before the act, so that its undo can be armed before it. */
export function copyName({ runRef, step }: RunStep): string {
  return `${runRef}-${step}`;
}

/** The nonce of the mark that a run commits to a component before it makes sets of it. */
export function markNonce(runRef: string, component: string): string {
  return `${runRef}/${component}`;
}

/** Where a restore wrote to. */
export interface RestoredCopy {
  /** `copyName` of the act. */
  copy: string;
  folder: string;
  bytes: number;
  /** The last segment that recovery has to reach where all that there is was asked for. */
  reaches?: string;
  /** What whoever uses it should know, such as files that are there and not in the set. */
  remarks?: readonly string[];
  startedAtMs: number;
  endedAtMs: number;
}

export interface CopyCall extends StoreCall {
  copy: string;
}

/**
 * Where the replay of a copy stops and waits: as soon as it is consistent, or at the record of a commit,
 * before it (exclusive) or after it.
 */
export type StopPoint = 'consistent' | { lsn: string; inclusive: boolean };

export interface RunCopyCall extends CopyCall {
  act: RunStep;
  /** The server is stopped after this at the latest, by the host. */
  forMs: number;
  /** It waits there, and answers queries; absent: it is promoted at the target of its restore. */
  until?: StopPoint;
}

export interface InspectCopyCall extends CopyCall {
  /** The act that runs the server that is meant; absent: whichever was started last. */
  server?: RunStep;
  /** It is waited for so long until it neither starts nor recovers any more; absent: not at all. */
  withinMs?: number;
}

/** A database that was restored, while `runCopy` runs it. */
export interface CopyState {
  /**
   * `failed` has the reason in `detail`; `promoted` is the only one in which it takes writes; `paused`:
   * it waits where it was told to.
   */
  state: 'starting' | 'recovering' | 'paused' | 'promoted' | 'failed' | 'stopped';
  detail: string;
  timeline?: number;
  /** The commit time of the last transaction that was replayed. */
  replayedUntilMs?: number;
  replayedLsn?: string;
}

/** What a copy is asked; its answer is compared by the run. */
export type Assertion =
  | { kind: 'mark'; nonce: string; expect: 'present' | 'absent' }
  /** The newest row of the user's heartbeat column is at most so old at the target. */
  | { kind: 'heartbeat'; database: string; query: string; atMs: number; withinMs: number }
  | { kind: 'sql'; name: string; database: string; query: string; expect: string }
  /** amcheck of every database. */
  | { kind: 'structure' }
  /** Of every page on disk: the server of the copy is ended before. */
  | { kind: 'checksums' }
  | { kind: 'roles'; roles: readonly string[] }
  | { kind: 'sequences' }
  /** Every file is compared with what the set says of it. */
  | { kind: 'files' };

export interface AssertCopyCall extends CopyCall {
  act: RunStep;
  assertions: readonly Assertion[];
}

export interface AssertionResult {
  name: string;
  passed: boolean;
  seen: string;
  expected: string;
}

export interface RemovedCopy {
  /** False where there was none any more. */
  removed: boolean;
}

/**
 * What an agent does with the sources and repositories of its host. Refusals are final, with a
 * `type` of failureTypes; a repository that cannot be reached is retryable. An act that runs twice
 * with the same `act` is one act: what it made is found again by the run and the step that it is
 * marked with.
 */
export interface BackupStoreActivities {
  /** Changes nothing. */
  examineSource(call: StoreCall): Promise<SourceFacts>;
  /** Changes nothing. */
  readRepository(call: ReadRepositoryCall): Promise<RepositoryPage>;
  writeMark(call: WriteMarkCall): Promise<Mark>;
  /** Succeeds only where the repository lists the set, complete. Heartbeats. */
  makeSet(call: MakeSetCall): Promise<BackupSet>;
  /** Damage is a result, not an error. Heartbeats. */
  checkSet(call: CheckSetCall): Promise<ContentCheck>;
  expireSets(call: ExpireSetsCall): Promise<ExpiredSets>;
  copySet(call: CopySetCall): Promise<CopiedSet>;
  /** Writes nothing that the source or its repository would notice. Heartbeats. */
  restoreSet(call: RestoreSetCall): Promise<RestoredCopy>;
  /** Runs the server of a copy until it is cancelled or its time is over. Heartbeats. */
  runCopy(call: RunCopyCall): Promise<void>;
  inspectCopy(call: InspectCopyCall): Promise<CopyState>;
  assertCopy(call: AssertCopyCall): Promise<AssertionResult[]>;
  /** Also one that is being restored or runs. Idempotent. */
  removeCopy(call: CopyCall & { act: RunStep }): Promise<RemovedCopy>;
}
