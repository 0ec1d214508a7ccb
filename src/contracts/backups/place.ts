import type { RunStep } from '../kernel/agent.ts';
import type { CopyState, StoreCall } from './store.ts';

/** A call about the place of a database: the data folder of its cluster. */
export interface PlaceCall extends StoreCall {
  /** The act that restored what takes the place, or is to. */
  place: RunStep;
}

export interface PlaceAct extends PlaceCall {
  act: RunStep;
}

export interface ServerAct extends StoreCall {
  act: RunStep;
}

export interface ExaminePlaceCall extends StoreCall {
  /** What is restored takes so many bytes. */
  bytes: number;
  /** The data folder that is there now is to be kept, beside it. */
  keep: boolean;
}

/** What is known of a place before anything is done with it. */
export interface PlaceFacts {
  /** Every reason why nothing can be restored there; empty: it can. */
  refusals: readonly string[];
  remarks: readonly string[];
  running: boolean;
  /** Of the cluster that is there. */
  identity?: string;
  timeline?: number;
}

export interface InspectServerCall extends StoreCall {
  /** The last segment that a restore of all that there is has to reach. */
  reaches?: string;
}

/** The server of the cluster itself, as `CopyState` says of a copy. */
export interface ServerState extends CopyState {
  identity?: string;
}

export interface StoppedServer {
  wasRunning: boolean;
}

/** What was in a place before, under another name beside it. */
export interface KeptFolder {
  folder: string;
}

/** What is in a place now. */
export interface PlaceState {
  /** The restored folder, and the former one is kept. */
  isReplaced: boolean;
  /** It has what a server needs to be started. */
  isStartable: boolean;
  running: boolean;
}

export interface KeepReplacedCall extends PlaceAct {
  /** By the clock of the host: its agent removes the folder after this. */
  untilMs: number;
}

/**
 * How a restored database takes the place of the one that its cluster has. Only clusters whose
 * `service` is in the settings of the agent. Folders are renamed, so that a call that is cut short is
 * carried on by the next one, and no data is removed before `keepReplaced` said when.
 */
export interface DatabasePlaceActivities {
  /** Changes nothing. */
  examinePlace(call: ExaminePlaceCall): Promise<PlaceFacts>;
  /** Changes nothing. */
  readPlace(call: PlaceCall): Promise<PlaceState>;
  /** Returns once no process of the server is left. Heartbeats. */
  stopServer(call: ServerAct): Promise<StoppedServer>;
  /** Refused while the server runs. */
  swapIn(call: PlaceAct): Promise<KeptFolder>;
  /** Whether it comes up is seen by `inspectServer`: recovery may take long. Heartbeats. */
  startServer(call: ServerAct): Promise<void>;
  /** Changes nothing. */
  inspectServer(call: InspectServerCall): Promise<ServerState>;
  /** Ends the restore where it is under way, and removes what it has written. Refused while a replaced server runs. */
  putBack(call: PlaceAct): Promise<PlaceState>;
  keepReplaced(call: KeepReplacedCall): Promise<KeptFolder>;
}
