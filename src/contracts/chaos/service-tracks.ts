import type { TrackFault } from '../../specs/chaos/fault.ts';
import type { ServicePlace } from '../../specs/chaos/track-selection.ts';
import type { Fence } from '../kernel/fence.ts';

/** Two tracks of the same release, equal but for the fault that the experiment gets. */
export type TrackName = 'control' | 'experiment';

/** What one track has answered, and what of it nobody has answered yet. */
export interface TrackTally {
  /** Whose responses have ended. Only rises. */
  requests: number;
  /** Answered with a 5xx or not at all, or given up by their callers. Only rises. */
  failed: number;
  /** By the bounds of the tracks: how many took longer than each, or have been open for longer. Only rises. */
  slower: readonly number[];
  /** By the same bounds: how many of those are open. */
  openLonger: readonly number[];
  /** Open for so long that nobody may answer them any more; what a fault delays them by does not count. */
  hanging: number;
  /** How long those took whose responses have ended: in milliseconds, and the sum of the squares. */
  took: { sum: number; squares: number };
}

export type Tallies = Readonly<Record<TrackName, TrackTally>>;

/** Why a fault is not there any more. */
export type FaultEnd =
  | 'removed'
  /** Nobody extended it, or it has had all of its time. */
  | 'lease'
  /** It has disturbed as many requests as it may. */
  | 'budget';

/** A fault of the experiment track, also one that is over. */
export interface TrackFaultState {
  /** Of the act that injected it. */
  fence: Fence;
  fault: TrackFault;
  /** Absent: it is there. */
  ended?: FaultEnd;
  /** Requests of the experiment track that it has met. */
  disturbed: number;
  /** The one that was crashed or frozen, as the kernel shows it. */
  replica?: { name: string; pid: number; state: 'running' | 'stopped' | 'gone' };
  /** Of requests that have come since it was injected, until it ended. */
  since: Tallies;
}

/** Two tracks as the platform has them. */
export interface TracksState {
  /** Of the act that opened them. */
  fence: Fence;
  version: string;
  /** Of the requests, for each of both; 0 to 1. */
  share: number;
  /** They get requests: every replica of both has been ready. */
  isRouted: boolean;
  wanted: number;
  ready: Readonly<Record<TrackName, number>>;
  /** Why replicas are not ready, one line each. */
  troubles: readonly string[];
  boundsMs: readonly number[];
  tallies: Tallies;
  /** They could not be asked: what is said of requests and of a fault is not known, rather than nothing. */
  isUnasked?: true;
  /** The fault that was injected last. */
  fault?: TrackFaultState;
}

/** What a platform knows of a service that an experiment needs to know. */
export interface ServiceFacts {
  /** Whoever deploys it has allowed experiments on it. */
  isAllowed: boolean;
  /** Workflow ID of the rollout that owns it. */
  owner?: string;
  /** Why its requests cannot be divided here; absent: they can. */
  obstacles?: string[];
  stable?: {
    version: string;
    wanted: number;
    ready: number;
    readyWithinMs: number;
    /** The platform answers for it: it has no process that could be crashed or frozen. */
    inProcess?: true;
  };
  /** Requests that it has answered since the platform was started; absent: nobody counts them. */
  requests?: number;
  tracks?: TracksState;
  /** Why the tracks that were asked for have ended; absent: they have not, or nobody knows. */
  ended?: string;
}

export interface ServiceName {
  environment: string;
  service: string;
  /** Absent: it is of the local platform. */
  place?: ServicePlace;
}

export interface OpenTracksOrder {
  fence: Fence;
  share: number;
  /** Of each track. */
  replicas: number;
  /** Rising; what their tallies of slow requests are counted by. */
  boundsMs: readonly number[];
  /** They end where their run has not asked for them for so long ... */
  keepMs: number;
  /** ... and after so long whatever happens. */
  longestMs: number;
}

export interface InjectTrackFaultOrder {
  fence: Fence;
  fault: TrackFault;
  /** The lease, from now: it may be extended. */
  forMs: number;
  /** Of the experiment: whatever extends the lease, the fault ends soon after this. */
  durationMs: number;
  /** It ends with this request of the experiment track. */
  mostRequests: number;
}

/**
 * A platform that can divide requests between two tracks of the stable release. Both, and the fault, are in the memory
 * of one process alone: they end with it. Every method throws only PartError.
 */
export interface TracksPlatform {
  /** Undefined where it has no such service. */
  readFacts(name: ServiceName): Promise<ServiceFacts | undefined>;
  /**
   * Starts the replicas of both; they get requests once all of them are ready. The same act again
   * changes nothing. Refused as stale where a later act of any run has been here, and as conflict
   * beside tracks of another run. `workflowId`: of the run, for whoever cleans up behind it.
   */
  openTracks(name: ServiceName, order: OpenTracksOrder, workflowId?: string): Promise<void>;
  /** The same as `readFacts`; the tracks of this run are kept for another while. */
  keepTracks(name: ServiceName, fence: Fence): Promise<ServiceFacts | undefined>;
  /**
   * Into the experiment track. The same act again changes nothing, also where the fault is over.
   * Refused as stale once that act was removed, and as conflict where the tracks are not there.
   */
  injectFault(name: ServiceName, order: InjectTrackFaultOrder): Promise<void>;
  /** Moves the end of the lease, never beyond the time of the fault. Refused where it is over. */
  extendFault(name: ServiceName, fence: Fence, forMs: number): Promise<void>;
  /** Once it has returned, the fault of this act is gone, and an injection that is late is refused. */
  removeFault(name: ServiceName, fence: Fence): Promise<void>;
  /**
   * Drains and stops the tracks of this run. Once it has returned, an act that opens them late has no effect on
   * requests.
   */
  closeTracks(name: ServiceName, fence: Fence): Promise<void>;
}
