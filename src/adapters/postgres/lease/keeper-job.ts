import type { ClusterSettings } from '../../../specs/kernel/clusters.ts';

/** What the keeper of a server's leases is told on its standard input. */
export interface KeeperJob {
  agent: string;
  settings: ClusterSettings;
  /** Of the node, in the folder of the agent. */
  stateFolder: string;
}

/** Starts a keeper that outlives the agent. */
export type StartKeeper = (job: KeeperJob) => Promise<void>;
