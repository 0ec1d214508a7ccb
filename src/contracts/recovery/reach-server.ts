import type { NodeAddress, Observation } from './database-node.ts';

export interface ReachServerCall {
  address: NodeAddress;
  timeoutMs: number;
}

export interface WatchServerCall extends ReachServerCall {
  everyMs: number;
  /** It has not answered for so long. */
  reportAfterMs: number;
}

/** How a worker sees a server that it has no account of. */
export interface ReachServerActivities {
  /** One look. Changes nothing. */
  reachServer(call: ReachServerCall): Promise<Observation>;
  /** Returns once the server has not answered for a while. Heartbeats. */
  watchServer(call: WatchServerCall): Promise<Observation>;
}
