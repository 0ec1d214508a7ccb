import type { Fence } from '../kernel/fence.ts';
import type { ServiceRef, WeightOutcome } from './platform.ts';

/** Moves traffic between the releases of a service. All idempotent. */
export interface TrafficActivities {
  setWeight(ref: ServiceRef, fence: Fence, weight: number): Promise<WeightOutcome>;
  /** Weight 0 for the canary. Nothing to do for a service without a canary. */
  restoreStable(ref: ServiceRef, fence: Fence): Promise<void>;
}
