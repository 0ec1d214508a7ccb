/** A weight that a router is asked to write. */
export interface WeightOrder {
  /** The canary's percentage. */
  weight: number;
  /** Overwrites the changes of others. */
  correcting: boolean;
}
