import type { RunStep } from '../kernel/agent.ts';
import type { CopyCall, RepositoryCall, StoreCall } from './store.ts';

/** What tells a good state of a database from a bad one: it is good where the answer is the one expected. */
export interface Check {
  database: string;
  query: string;
  expect: string;
  /** Who asks; absent: the owner of the database. */
  role?: string;
}

/** A check that could not be asked is no answer: neither good nor bad. */
export type CheckAnswer = { kind: 'answer'; seen: string } | { kind: 'none'; why: string };

/** A transaction of the log. */
export interface Commit {
  /** Which one it is, from 1 on, of all that can be told apart from the set on. */
  ordinal: number;
  xid: string;
  /** Of the record of its commit. */
  lsn: string;
  /** With microseconds, as the log has it. */
  at: string;
  /** Rows that it wrote, over all tables: records of the log that are about rows. */
  records: number;
}

export type Among = 'all' | 'table';

/** The transactions of the log from a set on, as far as it is archived. */
export interface History {
  commits: number;
  first?: Commit;
  last?: Commit;
  /** Of the log that was read. */
  segments: number;
  bytes: number;
  /** Those that have touched the table; absent where nobody asked, or it is not known. */
  touching?: { commits: number };
  /** One that wrote far more than the others usually do, by its place among those of the table, or all. */
  standout?: { among: Among; place: number; records: number; usual: number };
  remarks: readonly string[];
}

export interface ReadHistoryCall extends CopyCall, RepositoryCall {
  /** As SQL names it, with its schema; partitions of it count, too. */
  table?: { database: string; name: string };
  /** A history that was read before ended here, and what came since is left out. */
  untilLsn?: string;
  /** What was committed later is left out. */
  untilMs?: number;
}

export interface ReadCommitCall extends CopyCall {
  among: Among;
  /** From 1 on. */
  place: number;
}

/**
 * A state of a database that was asked: with so many of the transactions since the set, the last of which
 * is named. With none of them it is the state of the set.
 */
export interface SeenState {
  commits: number;
  xid?: string;
  /** What the check answered. */
  seen: string;
}

/**
 * With so many of the transactions since the set a database was seen good, and with so many bad; 0 is the
 * state of the set. Absent: nobody has seen it.
 */
export interface SeenStates {
  good?: number;
  bad?: number;
}

/** A log that is searched, and a copy that is asked on its way through it. */
export interface LookedThrough extends SeenStates {
  /** Since the set. */
  commits: number;
  /** Transactions that are looked at before others, in order; absent: none is known. */
  suspects?: readonly number[];
  /** The one that wrote far more than the others. */
  standout?: number;
  /** The copy shows no earlier state. */
  from: number;
  /** How long a question takes, and going back. */
  askMs: number;
  backMs: number;
}

/** At which states a copy is asked on its way forward, until one of them is bad. */
export type PlanStops = (looked: LookedThrough) => number[];

export interface SearchCopyCall extends CopyCall, SeenStates {
  check: Check;
  /** How long earlier passes took: for a question, and to go back. */
  costs?: SearchCosts;
}

export interface SearchCosts {
  askMs: number;
  backMs: number;
}

/** What one pass of a copy has found out, from where it could begin to the first bad state on its way. */
export interface SearchedPass {
  asked: number;
  /** The last good state, and the first bad one, of those it was asked in. */
  good?: SeenState;
  bad?: SeenState;
  costs: SearchCosts;
  /** Why the copy shows no state any more that is in question. */
  spent?: string;
  /** Why no copy can be searched like this. */
  unable?: string;
  /** The check gave no answer in this state. */
  silent?: SeenState;
}

/** What is lost by going back to before a transaction, it included. */
export interface LossOfLog {
  transactions: number;
  lastAt: string;
  /** Rows that these have written, by table, most first; tables that are gone by now by their file. */
  tables: readonly { table: string; records: number }[];
  /** The earliest of these transactions to have begun. Absent: an older agent does not say it. */
  oldestXid?: string;
}

/** Tables whose rows are written to files on the host of the agent. */
export interface RowsWanted {
  database: string;
  /** As SQL names them, with their schemas. */
  tables: readonly string[];
  /** Of all files together. */
  mostBytes: number;
}

export interface ExportedRows {
  /** On the host of the agent; only its account reads it. Nobody removes it. */
  folder: string;
  tables: readonly { table: string; file: string; rows: number; bytes: number }[];
}

/** Where the log ended when it was asked; it has to be archived before it is searched. */
export interface EndOfLog {
  timeline: number;
  segment: string;
  lsn: string;
}

export interface WritesSetting {
  /** Somebody has held them by ALTER SYSTEM, which Belay must not take back. */
  isHeld: boolean;
}

export interface HeldWrites {
  /** Of clients that have come back since, and only read. */
  sessions: number;
}

/**
 * What an agent does to find the last moment at which a database was good. Copies never replay beyond a
 * commit that is archived.
 */
export interface CopySearchActivities {
  /** Reads the log from the set of the copy on. Writes an index of it beside the copy. Heartbeats. */
  readHistory(call: ReadHistoryCall): Promise<History>;
  /**
   * Replays the copy forward once, and asks it on the way, until it is bad or the log is over; a copy whose
   * pages on disk allow it begins again at what was good. Its server runs as long as the call. Heartbeats.
   */
  searchCopy(call: SearchCopyCall): Promise<SearchedPass>;
  /** Of the index that `readHistory` has left. Changes nothing. */
  readCommit(call: ReadCommitCall): Promise<Commit>;
  /** Everything from a commit on. Changes nothing. */
  weighLoss(call: CopyCall & { from: number; database: string }): Promise<LossOfLog>;
  /** Of a copy that waits; without a copy, of the server of the cluster. Changes nothing. */
  askCheck(call: StoreCall & { copy?: string; check: Check }): Promise<CheckAnswer>;
  /** Closes the segment of the log that is open, so that it is archived. */
  endLog(call: StoreCall & { act: RunStep }): Promise<EndOfLog>;
  /** Whether writes are held already. Changes nothing. */
  readWrites(call: StoreCall): Promise<WritesSetting>;
  /** New transactions only read, unless they ask for more, and sessions that are open are ended. */
  holdWrites(call: StoreCall & { act: RunStep }): Promise<HeldWrites>;
  /** The opposite; does nothing where it is not held. */
  releaseWrites(call: StoreCall & { act: RunStep }): Promise<void>;
  /** What keeps rows from being exported. Changes nothing. */
  examineExport(call: StoreCall & RowsWanted): Promise<{ problems: readonly string[] }>;
  /**
   * The rows, as they are now in the server of the cluster, that were written by a transaction, or by one
   * that began later. Rows that were deleted since are not there any more. The folder is there as a whole,
   * or not at all; the same act again finds it. Heartbeats.
   */
  exportRows(
    call: StoreCall & RowsWanted & { act: RunStep; sinceXid: string },
  ): Promise<ExportedRows>;
}
