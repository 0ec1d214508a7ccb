import type { AnalysisSpec } from '../../specs/rollouts/analysis.ts';
import type { SmokeTestSpec } from '../../specs/rollouts/stage.ts';
import type { WarmUpSpec } from '../../specs/rollouts/blue-green.ts';
import type { SpecKind } from '../../kinds/workflow-types.ts';
import type { Fence } from '../kernel/fence.ts';
import type {
  CanaryRequest,
  Replacement,
  ServiceRef,
  ServiceState,
  UpdateProgress,
  WantedRelease,
} from './platform.ts';

/** What a wait for replicas found besides. */
export interface FoundReady {
  /** What others changed on the target while it was waited for. */
  drift?: string[];
  /** What the platform runs in place of what was asked for. */
  rewritten?: string[];
}

/** Changes which releases of a service run. All idempotent. */
export interface WorkloadActivities {
  /**
   * Reads only. A service the platform has never heard of comes back at revision 0. Fails as
   * TargetRefused, with every reason, where the release that is asked about cannot go there. With
   * an analysis, its remarks name the sources that have nothing of stable.
   */
  inspectService(
    ref: ServiceRef,
    wanted?: WantedRelease,
    analysis?: AnalysisSpec,
  ): Promise<ServiceState>;
  /** Takes the service over and clears what a dead rollout left on it: traffic to stable first. */
  claimService(
    ref: ServiceRef,
    fence: Fence,
    workflowId: string,
    kind: SpecKind,
  ): Promise<ServiceState>;
  /**
   * Gives the service back, and answers what others have changed on it that takes effect now.
   * As an undo it first clears what is still there: a claim may have stopped in the middle of that.
   */
  letGoOfService(ref: ServiceRef, fence: Fence, as?: 'undo'): Promise<string[]>;
  /** Returns the replicas that the canary will have. */
  scaleCanary(ref: ServiceRef, fence: Fence, canary: CanaryRequest): Promise<{ replicas: number }>;
  /** Waits until every wanted canary replica is ready. Fails as NotReady at the deadline, naming the trouble. */
  awaitCanaryReady(ref: ServiceRef, wanted: number, deadlineMs: number): Promise<FoundReady>;
  /** Asks every ready canary replica directly. Fails as SmokeTestFailed, naming each that answered otherwise. */
  smokeTestCanary(ref: ServiceRef, test: SmokeTestSpec): Promise<void>;
  /** Sends requests straight at the canary's replicas for a while. Their answers judge nothing. */
  warmUpCanary(ref: ServiceRef, warmUp: WarmUpSpec): Promise<{ requests: number; failed: number }>;
  removeCanary(ref: ServiceRef, fence: Fence): Promise<void>;
  promoteCanary(ref: ServiceRef, fence: Fence): Promise<UpdateProgress>;
  settlePromotion(ref: ServiceRef, fence: Fence): Promise<void>;
  replaceStable(ref: ServiceRef, fence: Fence, replacement: Replacement): Promise<UpdateProgress>;
  restoreReplaced(ref: ServiceRef, fence: Fence): Promise<UpdateProgress>;
  /**
   * Waits until all of stable's replicas run this version, as it is after this act; a state from
   * before it counts for nothing. Fails as NotReady at the deadline, naming the trouble, and as
   * TargetDrifted as soon as others have changed what stable is to run.
   */
  awaitStableComplete(
    ref: ServiceRef,
    since: Fence,
    deadlineMs: number,
    version?: string,
  ): Promise<FoundReady>;
  correctDrift(ref: ServiceRef, fence: Fence): Promise<void>;
}
