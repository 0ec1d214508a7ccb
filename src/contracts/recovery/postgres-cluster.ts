import type { ClusterAddress } from '../../specs/recovery/cluster-address.ts';
import type { ManagerAnswer } from './database-manager.ts';

/** What the server of an instance said itself, through the API server. */
export interface InstanceServer {
  isPrimary: boolean;
  timeline?: number;
  systemIdentifier?: string;
  /** Of a primary: the end of its log. Of a standby: what it has received. */
  lsn?: string;
  /** A standby that receives log at the moment. */
  streams: boolean;
  isReplayPaused: boolean;
}

/** An instance of a Cluster of CloudNativePG. It has the name of its pod. */
export interface Instance {
  name: string;
  /** Its pod is there and ready; where pods were not read, the operator lists it as healthy. */
  isReady: boolean;
  /** As the operator lists it: `healthy`, `replicating`, `failed`, or `unlisted`. */
  state: string;
  isFenced: boolean;
  /** As it last reported to the operator. */
  timeline?: number;
  server?: InstanceServer;
  /** Why there is no `server`, where it was asked. */
  whyNoServer?: string;
}

/** A Cluster of CloudNativePG, and the Service that leads clients to its primary, as they are now. */
export interface PostgresClusterFacts {
  atMs: number;
  name: string;
  resourceVersion: string;
  /** Of the operator that made the primary's pod; absent: it does not say. */
  operatorVersion?: string;
  currentPrimary?: string;
  /** Another name than `currentPrimary`: a change is under way. `pending`: the operator has not chosen yet. */
  targetPrimary?: string;
  phase: string;
  phaseReason?: string;
  wanted: number;
  ready: number;
  instances: readonly Instance[];
  timeline?: number;
  systemIdentifier?: string;
  readWrite: {
    service: string;
    /** The pods to which it leads clients; those that are not ready are left out. */
    pods: readonly string[];
  };
  /** The annotation that stops the operator's reconciliation is set. */
  isUnreconciled: boolean;
  isHibernated: boolean;
  /** The Cluster follows another one: no instance takes writes. */
  follows?: string;
  /** The operator lets the former primary shut down for so long. */
  switchoverDelayMs: number;
  failoverDelayMs: number;
  /**
   * Commits wait for so many standbys, always; absent: they may be acknowledged without. `external`: how
   * many of those that they may wait for are no instances of the Cluster.
   */
  synchronous?: { number: number; external: number };
}

export interface ExaminedCluster {
  /** Everything that keeps Belay from reading the Cluster, or from asking the operator. */
  refusals: readonly string[];
  /** Absent where it cannot be read. */
  facts?: PostgresClusterFacts;
  /** What was not asked, and why: nothing depends on it alone. */
  notes: readonly string[];
}

export interface RequestPrimaryCall extends ClusterAddress {
  from: string;
  to: string;
  /** The Cluster as it was judged: where it has been written since, nothing is asked. */
  resourceVersion: string;
}

/** `changed`: the Cluster was written since it was judged, and nothing was asked. */
export type PrimaryAnswer = Omit<ManagerAnswer, 'is'> & { is: 'asked' | 'changed' };

/**
 * What a worker asks of a Cluster of CloudNativePG, by the Kubernetes API. Refusals are final, with a
 * `type` of failureTypes. No accepted request is a proof: what came of it is read afterwards.
 */
export interface PostgresClusterActivities {
  /** Changes nothing. Asks rights, the operator's view, pods, and servers where they can be reached. */
  examinePostgresCluster(address: ClusterAddress): Promise<ExaminedCluster>;
  /** Returns once the Cluster differs from `known`, or after `withinMs`. Servers are not asked. Heartbeats. */
  watchPostgresCluster(
    call: ClusterAddress & { known: string; everyMs: number; withinMs: number },
  ): Promise<PostgresClusterFacts>;
  /** Asks the operator to make `to` the primary. The same call again is no second request. */
  requestPrimary(call: RequestPrimaryCall): Promise<PrimaryAnswer>;
}

/** The clusters of a worker's kubeconfig. Every method throws only PartError. */
export interface PostgresClusters {
  examine(address: ClusterAddress): Promise<ExaminedCluster>;
  look(address: ClusterAddress): Promise<PostgresClusterFacts>;
  request(call: RequestPrimaryCall): Promise<PrimaryAnswer>;
}
