import type { CanaryRequest } from '../../../src/contracts/rollouts/platform.ts';
import type { Release } from '../../../src/specs/rollouts/release.ts';

/**
 * How the acts of a rollout are undone. Armed undos name these, also in runs that an earlier version
 * of Belay started: none is renamed, none changes its arguments.
 */
export interface RolloutUndos {
  /** Clears what a claim may have left, and releases the service. */
  releaseService(): Promise<void>;
  removeCanary(): Promise<void>;
  routeToStable(): Promise<void>;
  /** Of a release that was replaced in place. */
  restoreReplaced(deadlineMs: number, stableVersion: string | undefined): Promise<void>;
  /**
   * From the commit point on: claims the service anew, so that a late promotion is refused from
   * there on, takes back one that is under way, and brings the previous release back where it had
   * come to its end. `stable` is undefined before the first release.
   */
  bringPreviousBack(full: CanaryRequest, stable: Release | undefined): Promise<void>;
}
