import type { TrackFault } from '../../specs/chaos/fault.ts';
import type { HypothesisMetric } from '../../specs/chaos/metric.ts';
import type { TrackSelection } from '../../specs/chaos/track-selection.ts';
import type { FaultSeen } from './host-faults.ts';
import type { OpenTracks } from './observation.ts';
import type { InjectTrackFaultOrder, OpenTracksOrder } from './service-tracks.ts';

/** A service of the local platform as it was examined: one of two tracks of it is hit. */
export interface TrackFacts {
  environment: string;
  tracks: TrackSelection;
  /** In one line: `v1, 2 of 2 replicas are ready, 40 requests/s`. */
  what: string;
}

export interface ExamineServiceCall {
  environment: string;
  tracks: TrackSelection;
  fault: TrackFault;
  steadyStateMs: number;
  durationMs: number;
  hypothesis: readonly HypothesisMetric[];
}

export interface ServiceExamined {
  what: string;
  /** Every reason why nothing is injected; empty: it can be. */
  refusals: string[];
}

export type OpenTracksCall = OpenTracks & Omit<OpenTracksOrder, 'fence'>;
export type InjectTrackFaultCall = OpenTracks & Omit<InjectTrackFaultOrder, 'fence'>;

/** `fence`: of the act that injected it. */
export interface ObserveTracksCall extends OpenTracks {
  fault: TrackFault;
}

/** By a worker, at the local platform. Refusals are final, with a `type` of failureTypes. */
export interface TrackFaultActivities {
  /** Has no effect. Counts the requests of the service for some seconds. */
  examineService(call: ExamineServiceCall): Promise<ServiceExamined>;
  /** Returns once both get requests, or with the reason why they do not. */
  openTracks(call: OpenTracksCall): Promise<{ problem?: string }>;
  injectTrackFault(call: InjectTrackFaultCall): Promise<void>;
  /** By the requests of both tracks, not by what the router says of itself. */
  observeTracks(call: ObserveTracksCall): Promise<FaultSeen>;
  extendTrackFault(call: OpenTracks & { forMs: number }): Promise<void>;
  /** Whatever of `injectTrackFault` is still under way has no effect once this has returned. */
  removeTrackFault(call: OpenTracks): Promise<void>;
  /** Whatever of `openTracks` is still under way has no effect once this has returned. */
  closeTracks(call: OpenTracks): Promise<void>;
}
