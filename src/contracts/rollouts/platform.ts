import type { Release, ReadinessSpec } from '../../specs/rollouts/release.ts';
import type { SpecKind } from '../../kinds/workflow-types.ts';
import type { Target } from '../../specs/rollouts/target.ts';
import type { Fence } from '../kernel/fence.ts';
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
  /** Of that rollout; absent where a version of Belay that did not record it made the claim. */
  kind?: SpecKind;
}

export interface ReplicaState {
  name: string;
  /** Whether the service's routers hand requests to it; absent where nobody can tell. */
  serving?: boolean;
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
  /** What the platform runs in place of what was asked for, one line each: an image from a mirror. */
  rewritten?: string[];
  /** Why there are no more replicas, where none can say so itself: a quota, a policy, a deadline. */
  trouble?: string;
}

/** A release that served before and can be brought back. */
export interface KeptRevision {
  revision: number;
  /** What brings it back; on Kubernetes its version and revision alone. */
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
  /** Whether the release that was asked about already serves; absent where the platform leaves that to its caller. */
  isServing?: boolean;
  /** How traffic is divided, in words: "HTTPRoute shop", "replica ratio". */
  routing?: string;
  /** How far stable is with the newest release it was given. Absent where releases never change in place. */
  update?: UpdateState;
  /** What others changed that this rollout relies on, one line each, with who did it where that is known. */
  drift?: string[];
  /** What an operator should know of the service as it is: an autoscaler held still, a budget in the way. */
  remarks?: string[];
}

/** A release taking its place in stable itself. */
export interface UpdateState {
  /**
   * `promoting`: the canary serves while stable takes its release over; `reverting`: while stable
   * gets its previous release back; `replacing`: stable changes under traffic; `none`: at rest.
   */
  kind: 'none' | 'promoting' | 'reverting' | 'replacing';
  /** Every wanted replica runs the newest release and is ready; never where none is wanted. */
  complete: boolean;
  updated: number;
  wanted: number;
  /** What keeps it: pod, container and reason, or what it waits for. */
  trouble?: string;
}

/** `done`: nothing more to wait for. `under-way`: the platform works on it, `update` tells how far it is. */
export type UpdateProgress = 'done' | 'under-way';

/** What is to be rolled out, and whether beside stable or in its place, which asks less of a platform. */
export interface WantedRelease {
  release: Release;
  way: 'beside' | 'in-place';
  /** In place: pod by pod, or all at once. */
  how?: Replacement['how'];
  /** How long it may take to be ready. */
  readiness?: ReadinessSpec;
}

export type WeightOutcome =
  { verified: true; weight: number } | { verified: false; weight: number; reason: string };

/**
 * A place where services run: one adapter each. Every act is idempotent, takes the fence first,
 * and returns only when its effect can be observed. Every method may throw a PlatformError.
 *
 * The fence orders a claim and what undoes with every other act, and acts on the same thing with each
 * other. `applyCanary` need not raise it for acts on the traffic: a weight that arrives after a newer
 * size of the canary is one that the canary has room for, and the next weight replaces it.
 */
export interface Platform {
  /**
   * Undefined where the platform has never heard of the service. Asked with a release, it also
   * throws `invalid`, with every reason, where that release cannot be rolled out here.
   */
  readService(ref: ServiceRef, wanted?: WantedRelease): Promise<ServiceState | undefined>;
  /** Every service of this platform that has an owner. */
  listOwned(): Promise<(ServiceRef & { owner: Owner })[]>;
  /** Takes the service for a rollout (creating it if new); refused while the stored step is higher. */
  claim(ref: ServiceRef, fence: Fence, workflowId: string, kind: SpecKind): Promise<ServiceState>;
  /** Gives the service back as it was found. Nothing to do if this rollout does not own it. */
  releaseService(ref: ServiceRef, fence: Fence): Promise<void>;
  /** Declares the canary: returns when accepted, not when ready, with the replicas it will have. */
  applyCanary(ref: ServiceRef, fence: Fence, canary: CanaryRequest): Promise<{ replicas: number }>;
  /** Routes this share (0 to 100) to the canary. Above 0 only to a canary with a ready replica. */
  setWeight(ref: ServiceRef, fence: Fence, weight: number): Promise<WeightOutcome>;
  /** Drains the canary's open requests, then stops it. Refused while it has weight. */
  removeCanary(ref: ServiceRef, fence: Fence): Promise<void>;
  /**
   * The commit point: the canary, at weight 100, becomes stable, and the old stable a kept revision.
   * Where that takes a while (`under-way`), the canary keeps serving until `settlePromotion`.
   */
  promoteCanary(ref: ServiceRef, fence: Fence): Promise<UpdateProgress>;
  /** Ends a promotion or its revert once stable is complete: traffic to stable, then the canary is drained and removed. */
  settlePromotion(ref: ServiceRef, fence: Fence): Promise<void>;
  /**
   * Gives stable its previous release back while the canary keeps serving; `done` where no promotion
   * is under way. Then, as after a promotion: wait for `update`, and settle.
   */
  revertPromotion(ref: ServiceRef, fence: Fence): Promise<UpdateProgress>;
  /** Changes stable's release in place, by the platform's own means; `invalid` where it has none. */
  replaceStable(ref: ServiceRef, fence: Fence, replacement: Replacement): Promise<UpdateProgress>;
  /** Gives stable the release back that `replaceStable` took from it; `done` where there is nothing to give back. */
  restoreReplaced(ref: ServiceRef, fence: Fence): Promise<UpdateProgress>;
  /** Undoes what `drift` names. */
  correctDrift(ref: ServiceRef, fence: Fence): Promise<void>;
  /** Request counts and latencies of both tracks since some origin. */
  readTraffic(ref: ServiceRef): Promise<TrafficSnapshot>;
}

/** One adapter for every platform a target can name. */
export type Platforms = Record<Target['platform'], Platform>;

export interface CanaryRequest {
  release: Release;
  /** How many; or as many as carry this percentage of the traffic, going by what stable is to have now. */
  replicas: number | { forWeight: number };
  readiness: ReadinessSpec;
}

export interface Replacement {
  release: Release;
  /** `rolling`: pod by pod, as the platform does it; `recreate`: all old ones stop first. */
  how: 'rolling' | 'recreate';
  readiness: ReadinessSpec;
}

export type PlatformErrorCode =
  /** The fence was refused: a later act has been here. */
  | 'stale-fence'
  /** The platform's state does not allow this act. */
  | 'conflict'
  /** Others changed what the act relies on: a person decides. */
  | 'drifted'
  | 'not-found'
  /** The request itself was wrong: trying again cannot help. */
  | 'invalid'
  | 'unauthorized'
  /** No answer, or not now: trying again may help. */
  | 'unavailable';

/** What exactly was refused, where a caller acts on it. */
export type PlatformErrorReason =
  /** An object of this name is there. */
  | 'already-exists'
  /** What admits the write has side effects, so it cannot be tried. */
  | 'no-dry-run';

export class PlatformError extends Error {
  override readonly name = 'PlatformError';
  readonly code: PlatformErrorCode;
  readonly reason: PlatformErrorReason | undefined;
  constructor(
    code: PlatformErrorCode,
    message: string,
    { reason, ...options }: { cause?: unknown; reason?: PlatformErrorReason } = {},
  ) {
    super(message, options);
    this.code = code;
    this.reason = reason;
  }
}
