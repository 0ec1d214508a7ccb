import type { SpecKind } from '../../kinds/workflow-types.ts';
import type { ChaosConsent } from '../../specs/rollouts/target.ts';
import type { Fence } from '../kernel/fence.ts';
import type { CanaryRequest } from './platform.ts';

/**
 * The local platform's HTTP API, all JSON, bearer token, loopback only. A refusal is
 * `{ error: { code, message } }` with a PlatformErrorCode.
 *
 *   GET    /v1/health                                  (no token)
 *   GET    /v1/services                                ServiceState[]
 *   GET    /v1/services/:environment/:service          ServiceState
 *   POST   /v1/services/:environment/:service/claim    ClaimBody -> ServiceState
 *   POST   /v1/services/:environment/:service/let-go   Fenced
 *   PUT    /v1/services/:environment/:service/canary   ApplyCanaryBody
 *   PUT    /v1/services/:environment/:service/weight   SetWeightBody -> WeightOutcome
 *   POST   /v1/services/:environment/:service/promote  Fenced
 *   DELETE /v1/services/:environment/:service/canary   Fenced (in the body)
 *   PUT    /v1/services/:environment/:service/faults   FaultsBody (not fenced: for trials and tests)
 *   GET    /v1/services/:environment/:service/logs?track=&replica=&lines=   text
 *   DELETE /v1/services/:environment/:service          forget the service: stops everything (refused while owned)
 *   GET    /v1/services/:environment/:service/tracks   ServiceFacts (of chaos/service-tracks.ts)
 *   PUT    /v1/services/:environment/:service/tracks   OpenTracksOrder
 *   POST   /v1/services/:environment/:service/tracks/keep         Fenced -> ServiceFacts
 *   DELETE /v1/services/:environment/:service/tracks              Fenced (in the body)
 *   PUT    /v1/services/:environment/:service/tracks/fault        InjectTrackFaultOrder
 *   POST   /v1/services/:environment/:service/tracks/fault/lease  ExtendTrackFaultBody
 *   DELETE /v1/services/:environment/:service/tracks/fault        Fenced (in the body)
 *   GET    /metrics                                    Prometheus text, all services (no token)
 *   GET    /metrics/:environment/:service              Prometheus text, one service (no token)
 */
export interface Fenced {
  fence: Fence;
}
export interface ClaimBody extends Fenced {
  workflowId: string;
  /** Of the rollout that claims. */
  kind: SpecKind;
  /** Front port for a service that is new; 0 or absent: any free one. */
  port?: number;
  /** Whether experiments may be made on the service; absent: as it was. */
  chaos?: ChaosConsent;
}
export interface ApplyCanaryBody extends Fenced {
  canary: CountedCanary;
}
/** This platform knows no count but the one it is given. */
export type CountedCanary = CanaryRequest & { replicas: number };
export interface ExtendTrackFaultBody extends Fenced {
  forMs: number;
}
export interface SetWeightBody extends Fenced {
  weight: number;
}
/** Injected by the router into the requests of one track; replaces what was injected before. */
export interface FaultsBody {
  track: 'stable' | 'canary';
  /** Share of requests answered 503 without reaching a replica, 0 to 1. */
  errorRate?: number;
  /** Added before a request is passed on. */
  latencyMs?: number;
}

/** Names of the router's metrics; labels environment, service, track, version (and code). */
export const routerMetrics = {
  requests: 'belay_router_requests_total',
  duration: 'belay_router_request_duration_seconds',
  /** Unix seconds at which the router began to count. */
  startTime: 'belay_router_start_time_seconds',
} as const;
