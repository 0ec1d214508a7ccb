/** What a router was asked to write. */
export interface WeightOrder {
  /** Percent on the canary. */
  weight: number;
  /** Over what others wrote. */
  correcting: boolean;
}
