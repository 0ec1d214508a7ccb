/**
 * Orders the acts on one target. The target keeps the highest pair it has accepted and refuses
 * an act of the same rollout with a lower step, or of another rollout that has not claimed it.
 * The same pair again is the same act retried, and is accepted.
 */
export interface Fence {
  rolloutId: string;
  /** Rises with every act of a rollout, also across a reset of its workflow. */
  step: number;
}
