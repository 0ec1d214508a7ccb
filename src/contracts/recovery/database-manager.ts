import type { NodeAct, NodeCall } from './database-node.ts';

/** What is in charge of a database: it promotes and fences, and Belay asks it to. */
export type ManagerKind = 'patroni' | 'cloudnativepg';

/** A node of the database, as its manager sees it. Its name is that of the node in the plan. */
export interface ManagedMember {
  name: string;
  /** Whether the manager says that its server runs. */
  isRunning: boolean;
  /** As the manager writes it: `running`, `starting`, `start failed`. */
  state: string;
  /** Its data folder is being made anew, which takes as long as it takes. */
  isCopying?: true;
  isSynchronous: boolean;
  /** Absent: the manager does not say. */
  timeline?: number;
  /** What it lacks of the last position that the leader has stored. */
  lagBytes?: number;
  /** The manager never promotes it: a tag says so. */
  noFailover: boolean;
}

/** What the manager says to one host. Read at `atMs`, by the clock of the host. */
export interface ManagerFacts {
  kind: 'patroni';
  version: string;
  atMs: number;
  /** The cluster, as the manager names it. */
  cluster: string;
  /** Who holds the lock of the leader; absent: nobody does. */
  leader?: string;
  /** The cluster is the standby of another one, and this member follows that: no member takes writes. */
  standbyLeader?: string;
  members: readonly ManagedMember[];
  /** The manager takes no action by itself. */
  isPaused: boolean;
  /** The manager promotes only those that have every commit. */
  isSynchronous: boolean;
  /** A standby that lacks more is not promoted. */
  maxLagBytes?: number;
  /** The manager has acted on what it was asked after this, or never does. */
  settledWithinMs: number;
  /** Something is scheduled already. */
  scheduled?: string;
  /** Of the server on this host. */
  systemIdentifier?: string;
}

/** `refused`: nothing was begun. `asked`: it was taken up, whatever came of it. `unknown`: nobody can say. */
export interface ManagerAnswer {
  is: 'refused' | 'asked' | 'unknown';
  said: string;
}

export interface RequestLeaderCall extends NodeAct {
  /** Who leads; absent: nobody does, and limits of the manager do not count. */
  from?: string;
  /** Without `from`: who may lead still. Where any other member does by now, nothing is asked. */
  former?: string;
  to: string;
}

/** `restart`: the server alone. `copy`: its data folder is made anew from the leader. */
export type ManagedRejoinMethod = 'restart' | 'copy';

/**
 * What an agent asks the manager of a cluster of its settings. Refusals are final, with a `type` of
 * failureTypes. No answer of a manager is a proof: what it did is read from its servers.
 */
export interface DatabaseManagerActivities {
  /** Changes nothing. */
  examineManager(call: NodeCall): Promise<ManagerFacts>;
  /**
   * Returns once another member leads than `leader`, or nobody has led for `reportAfterMs`; without
   * `leader`, once anybody leads. Heartbeats.
   */
  watchManager(
    call: NodeCall & { leader?: string; everyMs: number; reportAfterMs: number },
  ): Promise<ManagerFacts>;
  /** Asks for another leader, and not again by itself: what comes late is not asked at all. */
  requestLeader(call: RequestLeaderCall): Promise<ManagerAnswer>;
  requestRejoin(call: NodeAct & { method: ManagedRejoinMethod }): Promise<ManagerAnswer>;
}
