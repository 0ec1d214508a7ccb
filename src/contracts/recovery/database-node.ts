import type { AgentCall, RunStep } from '../kernel/agent.ts';

/** A call about one node of a replicated database: a cluster of the agent's settings. */
export interface NodeCall extends AgentCall {
  cluster: string;
}

export interface NodeAct extends NodeCall {
  act: RunStep;
}

/** How others reach a server. An agent connects only to addresses that its settings name. */
export interface NodeAddress {
  host: string;
  port: number;
}

/** Tells one start of a server from the next, also where its process ID is used again. */
export interface Postmaster {
  pid: number;
  startedAt: string;
}

/** A standby as the primary sees it. */
export interface Replica {
  name: string;
  address?: string;
  /** Only `streaming` counts as redundancy. */
  state: string;
  sync: 'async' | 'potential' | 'sync' | 'quorum';
  flushedLsn?: string;
  replayedLsn?: string;
  slot?: string;
}

/** What a standby says of the primary that it follows. */
export interface Upstream {
  /** Whether its receiver is connected. */
  connected: boolean;
  address?: NodeAddress;
  slot?: string;
  /** Of the primary's last message, by the clock of the standby. */
  lastMessageAtMs?: number;
}

/**
 * `fenced`: it cannot be started as a primary by any means that the host has. `unusable`: a rewind or
 * a copy did not end well; it must never be started. `unknown`: the detail says why.
 */
export type NodeState = 'primary' | 'standby' | 'stopped' | 'fenced' | 'unusable' | 'unknown';

/** What the host of a node and its server say. Read at `atMs`, by the clock of the host. */
export interface NodeFacts {
  state: NodeState;
  detail: string;
  atMs: number;
  /** Such as `15.18`. */
  version?: string;
  systemIdentifier?: string;
  /** Of a primary by the name of its current segment: its control file still has the old one. */
  timeline?: number;
  /** Written by a primary, replayed by a standby, of the last checkpoint of a stopped one. */
  lsn?: string;
  /** What a standby has received and flushed, replayed or not. */
  receivedLsn?: string;
  /** The commit time of the last transaction that was replayed. */
  replayedUntilMs?: number;
  postmaster?: Postmaster;
  replicas?: readonly Replica[];
  upstream?: Upstream;
  /** `synchronous_standby_names`; empty: commits wait for no standby. */
  synchronousStandbys?: string;
  /** Whether a rewind is possible: checksums or `wal_log_hints`. */
  rewindable?: boolean;
  archiving?: { on: boolean; lastArchived?: string; lastFailed?: string };
  dataBytes?: number;
  freeBytes?: number;
  fence?: FenceEvidence;
  /** What the agent could not do with this node, each with what to do about it. */
  problems: readonly string[];
  /**
   * What the role of replication lacks on this server for others to come back to it by a rewind, each with
   * what to do about it. Nobody is kept from a failover by it.
   */
  missingRights?: readonly string[];
}

/**
 * How somebody sees a server. `accepting`: it answers a query. `refused`: its host answers, and no
 * server listens. `silent`: no answer in time. `ended`: its own host saw the server's process end.
 */
export type View = 'accepting' | 'refused' | 'silent' | 'ended';

export interface Observation {
  /** Who looked: an agent, or `belay` for a worker. */
  by: string;
  view: View;
  detail: string;
  /** Since when the view has been the same, without an interruption. */
  forMs: number;
  /** Where it accepts: whether it is a primary. */
  isPrimary?: boolean;
  postmaster?: Postmaster;
}

export interface ExamineNodeCall extends NodeCall {
  /** How long its server is given to answer, at most 3 s, which is the default. */
  answerWithinMs?: number;
}

export interface ObserveCall extends NodeCall {
  /** Of the server that is observed; absent: the agent's own. */
  peer?: NodeAddress;
  timeoutMs: number;
}

/** Returns once the server has not been accepting for `reportAfterMs`; at once where it has ended. */
export interface WatchNodeCall extends ObserveCall {
  everyMs: number;
  reportAfterMs: number;
  /**
   * Only of the agent's own server: it is fenced by its host once no heartbeat has been accepted for
   * so long, whatever becomes of the agent. The heartbeat timeout of the activity must be as long.
   */
  leaseMs?: number;
}

/** What the heartbeats of a watch of the agent's own server say: all that is left where its host is lost. */
export interface WatchHeartbeat {
  atMs: number;
  /** The end of the log. */
  lsn?: string;
  synchronousStandbys?: string;
  /** Its host fences it once nothing was accepted for so long. Absent: no lease is kept. */
  leaseMs?: number;
}

/** That a node takes no writes, and will take none when it is started again. */
export interface FenceEvidence {
  agent: string;
  cluster: string;
  systemIdentifier: string;
  timeline: number;
  /** Where its log ends; empty where nobody can say. */
  lsn: string;
  /**
   * `clean`: shut down, its log written to the end. `killed`: all of its processes were.
   * `lease-expired`: by its host on its own, once no heartbeat had been accepted for its lease.
   */
  how: 'clean' | 'killed' | 'lease-expired' | 'command' | 'person';
  by: string;
  atMs: number;
  /** What was seen, in plain sentences. */
  seen: readonly string[];
}

export interface FenceNodeCall extends NodeAct {
  /** A clean shutdown is given so long; 0: all processes are killed at once. */
  graceMs: number;
}

export interface FenceFormerCall extends NodeAct {
  /** The primary that has taken its place. */
  successor: { systemIdentifier: string; timeline: number };
}

/**
 * What became of a former primary. `left`: why it takes no writes as it is, and was not touched.
 * `undecided`: it is a primary that its successor has not left behind, and was not touched either.
 */
export type FormerFence = { fence: FenceEvidence } | { left: string } | { undecided: string };

export interface PromoteNodeCall extends NodeAct {
  /** Nothing is promoted without it. */
  fence: FenceEvidence;
  /** Refused where the node is of another cluster, or behind. */
  expected: { systemIdentifier: string; timeline: number; receivedLsn: string };
}

export interface Promotion {
  timeline: number;
  /** Where the new timeline begins. */
  lsn: string;
  atMs: number;
}

/** A row that was committed on one connection and read back on another. */
export interface CanaryRow {
  nonce: string;
  committedAtMs: number;
  lsn: string;
  timeline: number;
}

/** Absent segment: it is not archived, and its host does not expect it to be. */
export interface ArchivedLog {
  segment?: string;
  /** In which it arrived. */
  repositories: readonly string[];
}

export interface FollowNodeCall extends NodeAct {
  primary: NodeAddress;
  slot: string;
  /** What `synchronous_standby_names` calls it, unless its connection has a name already. Absent: the slot. */
  applicationName?: string;
}

/** `auto`: nothing but a start where that is enough, else a rewind, else a copy. */
export type RejoinMethod = 'auto' | 'start' | 'rewind' | 'copy';

export interface RejoinNodeCall extends FollowNodeCall {
  systemIdentifier: string;
  method: RejoinMethod;
}

export interface Rejoined {
  method: Exclude<RejoinMethod, 'auto'>;
  /** Why a cheaper method was not enough. */
  why?: string;
  bytes?: number;
  startedAtMs: number;
  endedAtMs: number;
}

/**
 * What an agent does with a node of a database. Refusals are final, with a `type` of failureTypes. An
 * act that runs twice with the same `act` is one act, and a step lower than the run's highest is
 * refused, so that none lands after its undo.
 */
export interface DatabaseNodeActivities {
  /** Changes nothing. */
  examineNode(call: ExamineNodeCall): Promise<NodeFacts>;
  /** One look, within its timeout. Changes nothing. */
  observeNode(call: ObserveCall): Promise<Observation>;
  /** Heartbeats; see WatchNodeCall. */
  watchNode(call: WatchNodeCall): Promise<Observation>;
  /** Ends every process of the server, also a hung one, in bounded time, and keeps it from being started as a primary. */
  fenceNode(call: FenceNodeCall): Promise<FenceEvidence>;
  /**
   * Fences a former primary whose host was away while another node was promoted. A standby, or a node
   * of another cluster, is left as it is; so is one whose timeline is not older than its successor's,
   * of which people decide.
   */
  fenceFormer(call: FenceFormerCall): Promise<FormerFence>;
  /**
   * Takes the fence of an act away and starts the node as the primary that it was. An act that has not
   * begun is refused from here on, and a fence of another run is left as it is.
   */
  unfenceNode(call: NodeAct & { fence: RunStep }): Promise<NodeFacts>;
  /** Starts a server that has ended as what it was. */
  restartNode(call: NodeAct): Promise<NodeFacts>;
  /** Waits until a standby has replayed up to this; heartbeats. Throws where it does not in time. */
  awaitReplay(call: NodeCall & { lsn: string; withinMs: number }): Promise<NodeFacts>;
  promoteNode(call: PromoteNodeCall): Promise<Promotion>;
  /**
   * Returns once the server is a primary of a later timeline than `after`, whoever promoted it. Throws
   * where it is not in time. Changes nothing; heartbeats.
   */
  awaitPromotion(call: NodeCall & { after: number; withinMs: number }): Promise<Promotion>;
  /** So that a promotion of the run that comes late is refused. Throws where the node is a primary already. */
  keepStandby(call: NodeAct): Promise<NodeFacts>;
  proveWrites(call: NodeAct & { nonce: string }): Promise<CanaryRow>;
  /** Closes a segment of the log, and waits until it is in every repository. Heartbeats. */
  proveArchiving(call: NodeAct & { withinMs: number }): Promise<ArchivedLog>;
  /** Replication slots by which others follow; a checkpoint, so that a rewind sees the timeline. Idempotent. */
  prepareToLead(call: NodeAct & { slots: readonly string[] }): Promise<NodeFacts>;
  /** Has a standby follow another primary, and waits until it streams. */
  followNode(call: FollowNodeCall): Promise<NodeFacts>;
  /** Makes a former primary, stopped or fenced, a standby that streams. Never starts it as a primary. Heartbeats. */
  rejoinNode(call: RejoinNodeCall): Promise<Rejoined>;
}
