import type { Subject } from '../../kinds/kind.ts';
import type { Fence } from './fence.ts';

/** How often to sweep, and for how long: a patrol is one activity, however many sweeps it makes. */
export interface Patrol {
  everyMs: number;
  forMs: number;
}

/** Something that a run holds, or left behind. */
export interface Leftover {
  owner: { workflowId: string; runRef: string; step: number };
  subject: Subject;
}

/** Cleans up what dead runs of one sort left. */
export interface Sweeper<L extends Leftover = Leftover> {
  /** What it clears, as metrics and failures name it: `services`. */
  readonly name: string;
  /** Where it looks, each by the name that a failure reports. All are asked side by side. */
  readonly places: Readonly<Record<string, () => Promise<L[]>>>;
  /**
   * Clears what a dead run left, in that run's own name: the fence is above any that it can have
   * handed out. Idempotent; what fails is tried again by the next sweep.
   */
  clear(leftover: L, fence: Fence, nowMs: () => number): Promise<void>;
}

export interface Swept {
  /** The sweeper's name. */
  what: string;
  workflowId: string;
  runRef: string;
  subject: Subject;
}

export interface FailedSweep {
  what: string;
  /** A place that could not be listed, or the workflow ID of a run whose leftovers are still there. */
  where: string;
  error: string;
}

/** What the sweeps of one patrol found and did. */
export interface SweepReport {
  sweeps: number;
  swept: Swept[];
  /** What the last sweep could not do; the next one tries again. */
  failed: FailedSweep[];
}

export interface LeftoverActivities {
  /**
   * Removes what dead runs left. Asks Temporal for each owner by its ID, and never touches what a
   * running one holds. One sweep without a patrol.
   */
  sweepLeftovers(patrol?: Patrol): Promise<SweepReport>;
}
