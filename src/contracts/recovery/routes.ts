import type { AgentCall, RunStep } from '../kernel/agent.ts';
import type { NodeAddress } from './database-node.ts';

export const routerKinds = ['pgbouncer', 'haproxy', 'dns'] as const;
export type RouterKind = (typeof routerKinds)[number];

/** A call about one router: an entry of `routers` of the agent's settings. */
export interface RouterCall extends AgentCall {
  router: string;
  /** As the plan says; a router of another kind is refused. */
  kind: RouterKind;
}

export interface RouterAct extends RouterCall {
  act: RunStep;
}

/** An act after which clients wait. */
export interface HoldingCall extends RouterAct {
  /**
   * They go on by themselves after so long, whoever has died meanwhile, unless a later act of whatever
   * run has changed what they do. Absent: they wait until somebody lets them go on.
   */
  forMs?: number;
}

/** The server that is meant, and no other one at the same address. */
export interface RouteTarget {
  address: NodeAddress;
  systemIdentifier: string;
  timeline: number;
}

/** The system identifier of what is no database: its timeline is the time of the run, in seconds. */
export const noDatabase = '0';

/** What a router was led to last; kept with the route itself, and never goes back. */
export type RouteGeneration = Pick<RouteTarget, 'systemIdentifier' | 'timeline'>;

export interface SwitchRouteCall extends RouterAct {
  from: NodeAddress;
  to: RouteTarget;
  /**
   * Clients that wait. `drop` after a cut: they connect anew, and do not wait until a failed login to
   * the former server may be tried again.
   */
  waiting: 'keep' | 'drop';
}

export interface ExamineRouteCall extends RouterCall {
  servers?: readonly NodeAddress[];
  /** What is behind it; absent: a database. */
  behind?: 'service';
  /** Asks for the database to which it leads, unless clients wait. */
  identifies?: true;
}

export interface RouteFacts {
  /** Where new connections go. Absent: the detail says why nobody can say. */
  to?: NodeAddress;
  detail: string;
  atMs: number;
  /** Clients of at least one of its databases wait. */
  isPaused: boolean;
  /** Those of all its databases do. Absent: it is no PgBouncer, or its agent is older. */
  isWhollyPaused?: boolean;
  /** When clients that wait go on by themselves; absent: never. */
  heldUntilMs?: number;
  /** Absent: nobody can count them. */
  clients?: { active: number; waiting: number };
  /** Why clients cannot be made to wait, and are cut instead; absent: they can. */
  cannotPause?: string;
  /** How long clients may still be led as before after a switch: resolvers keep what a name was. */
  keptForMs?: number;
  /** Absent: Belay has never led it. */
  generation?: RouteGeneration;
  /** Of the database that answers through it, where that was asked for. */
  systemIdentifier?: string;
  /** What keeps it from being switched, each with what to do about it. */
  problems: readonly string[];
}

/**
 * How clients reach the primary. Refusals are final, with a `type` of failureTypes. An act that runs
 * twice with the same `act` is one act, and a step lower than the run's highest is refused, so that
 * none lands after its undo. All are idempotent.
 */
export interface RouteActivities {
  /** Changes nothing. What would keep clients from being led to one of the servers is among the problems. */
  examineRoute(call: ExamineRouteCall): Promise<RouteFacts>;
  /**
   * Clients wait, and no statement fails. Throws where a transaction is still open after `withinMs`;
   * clients go on then.
   */
  pauseRoute(call: HoldingCall & { withinMs: number }): Promise<RouteFacts>;
  /**
   * Ends every connection through the router; new ones wait, or are refused by HAProxy. A name is refused:
   * it holds nobody.
   */
  cutRoute(call: HoldingCall): Promise<RouteFacts>;
  /**
   * Leads clients from one server to another, and lets them through. Refused where the router leads to
   * neither of the two, or the server is not the one that is meant. Throws until a connection through
   * the router reaches that server.
   */
  switchRoute(call: SwitchRouteCall): Promise<RouteFacts>;
  /**
   * Lets clients through. With `to`, a connection through the router has to reach that server; one
   * that reaches another is cut again.
   */
  resumeRoute(call: RouterAct & { to?: RouteTarget }): Promise<RouteFacts>;
}
