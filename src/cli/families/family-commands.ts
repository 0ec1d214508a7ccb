import type { Lock } from '../../kinds/locks.ts';
import type { RunReport } from '../../contracts/kernel/report.ts';
import type { Connections } from '../connections.ts';
import type { Followed } from '../runs/follow-run.ts';
import type { GivenRun } from '../runs/given-run.ts';

export interface ShowOptions {
  json?: boolean;
}

export interface ReportOptions extends ShowOptions {
  /** A run by its own ID; absent: the open one or, without one, the last. */
  runRef?: string;
  /** A file, or `-`. */
  html?: string;
}

export interface StartOptions extends ShowOptions {
  /** Where the spec is from. */
  file: string;
  watch?: boolean;
  dryRun?: boolean;
  why?: string;
  as?: string;
}

/** What a family of kinds makes of the commands that all of them share. */
export interface FamilyCommands {
  /** Prints where the open run stands or, without one, how the last ended. */
  showStatus(run: Lock, options: ShowOptions, to: Connections): Promise<void>;
  /** Shows the run until it ends, and leaves its exit code behind. */
  watch(run: Lock & Followed, options: ShowOptions, to: Connections): Promise<void>;
  /** Prints or writes the report of a run: all it did, and why it ended as it did. */
  report(run: Lock, options: ReportOptions, to: Connections): Promise<void>;
  /** One report of the ledger, as Markdown. */
  renderReport(report: RunReport): string;
  /** Starts a run, or prints what it would do. */
  start(given: GivenRun, options: StartOptions): Promise<void>;
}
