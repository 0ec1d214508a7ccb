import type { Leftover } from '../kernel/leftovers.ts';
import type { PodOwner } from './pod-faults.ts';

export interface MadeOutage {
  namespace: string;
  name: string;
  uid: string;
  /** The controller of the pod, on which the run has written its claim. Absent: made by an earlier version. */
  owner?: PodOwner;
}

/** What one run of this installation has made. */
export interface LeftOutages extends Leftover {
  /** Absent: of the current context. */
  context?: string;
  objects: readonly MadeOutage[];
}

/** Outages by Chaos Mesh in the clusters that workers may work on. Every method throws only PartError. */
export interface OutagesInClusters {
  /** By their runs. Empty also where Chaos Mesh is not installed, or this worker may not look: it makes none there. */
  list(context: string | undefined): Promise<LeftOutages[]>;
  /** Returns once Chaos Mesh has taken all of them back. What was made since has another uid, and is left alone. */
  remove(left: LeftOutages): Promise<void>;
}
