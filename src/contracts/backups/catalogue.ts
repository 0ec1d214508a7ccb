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

/** A set with all that is known of it. Facts are only ever added: a state never goes back. */
export interface CatalogueEntry extends PlanName {
  component: Component;
  set: BackupSet;
  firstSeen: Seen;
  verified?: Verified;
  damaged?: Damaged;
  replicated: readonly Replicated[];
  proven?: Proven;
  /** Expired by us. */
  expired?: Expired;
  /** The repository did not list it any more, and nobody of ours had expired it. */
  missing?: Seen;
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
  /** Also those that expired or are missing. */
  gone?: boolean;
}

/** Of the workers. */
export interface CatalogueActivities {
  recordFacts(facts: readonly CatalogueFact[]): Promise<void>;
  /**
   * Adds what the repository has and the catalogue lacks, and marks what it lacks as missing.
   * Returns every difference that there was.
   */
  compareCatalogue(
    plan: PlanName,
    component: Component,
    contents: RepositoryContents,
    runRef: string,
  ): Promise<Difference[]>;
  readCatalogue(filter: CatalogueFilter): Promise<CatalogueEntry[]>;
}
