import type { Release, ReadinessSpec } from '../specs/release.ts';
import type { Target } from '../specs/target.ts';
import type { Fence } from './fence.ts';
import type { TrafficSnapshot } from './traffic.ts';

/** Names one service on one target. */
export interface ServiceRef {
  service: string;
  environment: string;
  target: Target;
}

/** The rollout that holds a service now, or that died holding it. */
export interface Owner extends Fence {
  workflowId: string;
}

export interface ReplicaState {
  name: string;
  /** Straight to this replica, past the router. Absent where there is no such way. */
  url?: string;
  ready: boolean;
  restarts: number;
  /** Why it is not ready, in words an operator can use: exit code, last lines of stderr. */
  trouble?: string;
}

export interface TrackState {
  release: Release;
  /** Replicas wanted; `replicas` lists those that exist. */
  wanted: number;
  replicas: ReplicaState[];
}

/** A release that served before and can be brought back. */
export interface KeptRevision {
  revision: number;
  release: Release;
  wanted: number;
  /** Milliseconds since the epoch at which it stopped being stable. */
  replacedAtMs: number;
}

export interface ServiceState {
  service: string;
  environment: string;
  /** Where callers reach the service. */
  url?: string;
  /** Revision number of stable; 0 before the first release. */
  revision: number;
  stable?: TrackState;
  canary?: TrackState;
  /** Percent of traffic on the canary, as the router has it now. */
  canaryWeight: number;
  owner?: Owner;
  /** Newest first. */
  kept: KeptRevision[];
}

export type WeightOutcome =
  { verified: true; weight: number } | { verified: false; weight: number; reason: string };

/**
 * A place where services run: one adapter each. Every act is idempotent, takes the fence first,
 * and returns only when its effect can be observed. Every method may throw a PlatformError.
 */
export interface Platform {
  /** Undefined where the platform has never heard of the service. */
  readService(ref: ServiceRef): Promise<ServiceState | undefined>;
  /** Every service of this platform that has an owner. */
  listOwned(): Promise<(ServiceRef & { owner: Owner })[]>;
  /** Takes the service for a rollout (creating it if new); refused while the stored step is higher. */
  claim(ref: ServiceRef, fence: Fence, workflowId: string): Promise<ServiceState>;
  /** Gives the service back. Nothing to do if this rollout does not hold it. */
  letGo(ref: ServiceRef, fence: Fence): Promise<void>;
  /** Declares the canary: returns when accepted, not when ready. */
  applyCanary(ref: ServiceRef, fence: Fence, canary: CanaryRequest): Promise<void>;
  /** Routes this share (0 to 100) to the canary. Above 0 only to a canary with a ready replica. */
  setWeight(ref: ServiceRef, fence: Fence, weight: number): Promise<WeightOutcome>;
  /** Drains the canary's open requests, then stops it. Refused while it has weight. */
  removeCanary(ref: ServiceRef, fence: Fence): Promise<void>;
  /** The canary, at weight 100, becomes stable; the old stable is drained, stopped and kept as a revision. */
  promoteCanary(ref: ServiceRef, fence: Fence): Promise<void>;
  /** Request counts and latencies of both tracks since some origin. */
  readTraffic(ref: ServiceRef): Promise<TrafficSnapshot>;
}

/** One adapter for every platform a target can name. */
export type Platforms = Record<Target['platform'], Platform>;

export interface CanaryRequest {
  release: Release;
  replicas: number;
  readiness: ReadinessSpec;
}

export type PlatformErrorCode =
  /** The fence was refused: a later act has been here. */
  | 'stale-fence'
  /** The platform's state does not allow this act. */
  | 'conflict'
  | 'not-found'
  /** The request itself was wrong: trying again cannot help. */
  | 'invalid'
  | 'unauthorized'
  /** No answer, or not now: trying again may help. */
  | 'unavailable';

export class PlatformError extends Error {
  override readonly name = 'PlatformError';
  readonly code: PlatformErrorCode;
  constructor(code: PlatformErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
