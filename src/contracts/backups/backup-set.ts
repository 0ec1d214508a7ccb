/** `differential` builds on the last full set, `incremental` on the last set of any type. */
export const setTypes = ['full', 'differential', 'incremental'] as const;

export type SetType = (typeof setTypes)[number];

/** A position in the write-ahead log of PostgreSQL. */
export interface WalPosition {
  timeline: number;
  /** 24 hexadecimal digits: timeline, log, segment. */
  segment: string;
  /** As PostgreSQL writes it: `0/3000028`. */
  lsn: string;
}

/** A set as its repository lists it. The repository is the truth: nothing here is from the catalogue. */
export interface BackupSet {
  repository: string;
  /** What the tool calls it: unique in the repository, with its component. */
  label: string;
  type: SetType;
  /** Labels of the same repository that it cannot be restored without, oldest first. */
  needs: readonly string[];
  /** By the clock of the source. Never compared with another clock where `wal` can be. */
  startedAtMs: number;
  stoppedAtMs: number;
  /** Absent where the source has no log. A restore is consistent from `stop` on. */
  wal?: { start: WalPosition; stop: WalPosition };
  /** What a restore writes, in bytes. */
  bytes: number;
  /** What it added to the repository, in bytes; absent where the repository does not keep that. */
  storedBytes?: number;
  /** The run that made it, as the set itself says; absent: nobody of ours made it. */
  madeBy?: string;
  /** Tells its source from every other: the system identifier of a cluster. */
  identity?: string;
  /** Why it must not be restored, as the tool says; absent: the tool finds nothing wrong. */
  error?: string;
}

/** Segments of one timeline in the archive of a repository, without a gap between them. */
export interface WalRange {
  timeline: number;
  first: string;
  last: string;
  segments: number;
  bytes: number;
  /** When the first and the last of them were archived. */
  firstAtMs: number;
  lastAtMs: number;
}

export interface RepositoryContents {
  repository: string;
  readAtMs: number;
  /** Of this component, oldest first by their position or, without one, their start. */
  sets: readonly BackupSet[];
  /** Absent where the source has no log. */
  wal?: readonly WalRange[];
  /**
   * Labels that belong to another plan, or to nobody: they are never touched. Those of the same source
   * are in `sets`, too, so that what they build on is kept.
   */
  foreign: readonly string[];
  /** The repository does not exist yet, and the first backup creates it: says nothing of sets that were there once. */
  absent?: true;
  /** What is wrong with the repository as a whole, such as a lock that was left. */
  problems: readonly string[];
  /** Free, in bytes; absent where the storage does not say. */
  freeBytes?: number;
}
