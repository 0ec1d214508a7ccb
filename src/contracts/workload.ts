import type { SmokeTestSpec } from '../specs/stage.ts';
import type { Fence } from './fence.ts';
import type { CanaryRequest, ServiceRef, ServiceState } from './platform.ts';

/** Changes which releases of a service run. All idempotent. */
export interface WorkloadActivities {
  /** Reads only. A service the platform has never heard of comes back at revision 0. */
  inspectService(ref: ServiceRef): Promise<ServiceState>;
  /** Takes the service over and clears what a dead rollout left on it: traffic to stable first. */
  claimService(ref: ServiceRef, fence: Fence, workflowId: string): Promise<ServiceState>;
  letGoOfService(ref: ServiceRef, fence: Fence): Promise<void>;
  scaleCanary(ref: ServiceRef, fence: Fence, canary: CanaryRequest): Promise<void>;
  /** Waits until every wanted canary replica is ready. Fails as NotReady at the deadline, naming the trouble. */
  awaitCanaryReady(ref: ServiceRef, wanted: number, deadlineMs: number): Promise<void>;
  smokeTestCanary(ref: ServiceRef, test: SmokeTestSpec): Promise<void>;
  removeCanary(ref: ServiceRef, fence: Fence): Promise<void>;
  promoteCanary(ref: ServiceRef, fence: Fence): Promise<void>;
}
