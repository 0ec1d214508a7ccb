import type { Leftover } from '../kernel/leftovers.ts';

/** The pod that divides the requests of an experiment, as one run of this installation has made it. */
export interface LeftFront extends Leftover {
  /** Absent: of the current context. */
  context?: string;
  namespace: string;
  name: string;
  uid: string;
}

/** Those in the clusters that workers may work on. Every method throws only PartError. */
export interface FrontsInClusters {
  /** Of one namespace; without one: of all. Refused where this worker may not look, and might have made some. */
  list(context: string | undefined, namespace?: string): Promise<LeftFront[]>;
  /** Asks for its end. What was made since has another uid, and is left alone. */
  remove(left: LeftFront): Promise<void>;
}
