import type { BackupSet, RepositoryContents } from './backup-set.ts';
import type { Component, PlanName } from './source.ts';
import type { CheckExtent, Damage } from './store.ts';

/** A fact about a set: when it was seen, and in which run. */
interface Seen {
  atMs: number;
  runRef: string;
}

export interface Verified extends Seen {
  extent: CheckExtent;
  /** What of the set was not read back; absent: nothing. */
  unread?: string;
}

export interface Damaged extends Seen {
  damage: readonly Damage[];
}

export interface Replicated extends Seen {
  repository: string;
  label: string;
  equal: string;
}

export interface Proven extends Seen {
  /** Restore, recovery and assertions together. */
  tookMs: number;
  /** What the drill lost, measured; absent where the source has no log. */
  lostMs?: number;
  bytes: number;
}

export interface Expired extends Seen {
  why: string;
}

/**
 * A set with all that is known of it. Facts only move forward: one that arrives late never takes the
 * place of a later one.
 */
export interface CatalogueEntry extends PlanName {
  component: Component;
  set: BackupSet;
  firstSeen: Seen;
  verified?: Verified;
  damaged?: Damaged;
  replicated: readonly Replicated[];
  proven?: Proven;
  /** Expired by us; absent again where a later reading of the repository has it. */
  expired?: Expired;
  /** The last reading of the repository did not have it, and nobody of ours had expired it. */
  missing?: Seen;
}

/** What else a repository had of a component when it was read last. */
export interface KnownRepository extends PlanName {
  component: Component;
  runRef: string;
  /** Of the sets only those of others, which no entry is about. */
  contents: RepositoryContents;
}

/** A plan whose backups are no longer made, and not missed. */
export interface RetiredPlan extends PlanName {
  atMs: number;
  by: string;
  why?: string;
}

/** One thing to add to what is known. Idempotent: the same again changes nothing. */
export type CatalogueFact = PlanName & {
  component: Component;
  repository: string;
  label: string;
} & (
    | { kind: 'made'; set: BackupSet; seen: Seen }
    | { kind: 'verified'; verified: Verified }
    | { kind: 'damaged'; damaged: Damaged }
    | { kind: 'replicated'; replicated: Replicated }
    | { kind: 'proven'; proven: Proven }
    | { kind: 'expired'; expired: Expired }
  );

/** Where catalogue and repository differ; reported, never guessed away. */
export interface Difference {
  repository: string;
  label: string;
  /** `unknown`: in the repository alone. `missing`: in the catalogue alone. `changed`: its facts differ. */
  kind: 'unknown' | 'missing' | 'changed';
  detail: string;
}

export interface CatalogueFilter extends Partial<PlanName> {
  component?: string;
  repository?: string;
  labels?: readonly string[];
  /** Also those that expired or are missing. */
  gone?: boolean;
  /** A part of the list. */
  page?: { from: number; most: number };
}

/** A repository with many sets is compared in parts; the last part has the rest of the reading. */
export type ComparedPart =
  | { kind: 'first' }
  /** With the labels of the parts before it: what is in none of them is missing. */
  | { kind: 'last'; labels: readonly string[] };

/** An entry as it was read; its version changes whenever it is written. */
export interface StoredEntry {
  entry: CatalogueEntry;
  version: number;
}

export interface EntryChange {
  /** What was read; absent: there was none. */
  before?: StoredEntry;
  after: CatalogueEntry;
}

/** Where entries outlive Temporal's retention, and the loss of a repository. */
export interface Catalogue {
  /** Oldest first, by their start. */
  list(filter?: CatalogueFilter): Promise<StoredEntry[]>;
  /** Writes what nobody has written since it was read; returns what was not written. */
  write(changes: readonly EntryChange[]): Promise<EntryChange[]>;
  listRepositories(filter?: Omit<CatalogueFilter, 'labels' | 'gone'>): Promise<KnownRepository[]>;
  /** Changes nothing where a later reading is known. */
  noteRepository(known: KnownRepository): Promise<void>;
  /** The last time counts. A backup of the plan that is made later takes it back. */
  retire(plan: RetiredPlan): Promise<void>;
  listRetired(): Promise<RetiredPlan[]>;
}

/** Of the workers. */
export interface CatalogueActivities {
  /**
   * Records what is about sets that the catalogue knows, and refuses the rest by name: they were not
   * made, or not compared. That a set which it never knew has expired, it need not know.
   */
  recordFacts(facts: readonly CatalogueFact[]): Promise<void>;
  /**
   * Adds what the repository has and the catalogue lacks, and marks what it lacks as missing. Where a
   * set is another one under the same label, nothing that was known of the first is said of it.
   * Returns every difference that there was; those of sets of others are none.
   */
  compareCatalogue(
    plan: PlanName,
    component: Component,
    contents: RepositoryContents,
    runRef: string,
    part?: ComparedPart,
  ): Promise<Difference[]>;
  readCatalogue(filter: CatalogueFilter): Promise<CatalogueEntry[]>;
}
