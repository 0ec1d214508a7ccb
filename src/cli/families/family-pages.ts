import type { Lock } from '../../kinds/locks.ts';
import type { Connections } from '../connections.ts';
import type { Followed } from '../runs/follow-run.ts';

export interface ShowOptions {
  json?: boolean;
}

/** How the runs of a family are shown. */
export interface FamilyPages {
  /** Prints where the open run stands or, without one, how the last ended. */
  showStatus(run: Lock, options: ShowOptions, to: Connections): Promise<void>;
  /** Shows the run until it ends, and leaves its exit code behind. */
  watch(run: Lock & Followed, options: ShowOptions, to: Connections): Promise<void>;
}
