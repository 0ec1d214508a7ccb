import type { AgentCall, RunStep } from '../kernel/agent.ts';

/** A PgBouncer of an agent's settings, in front of a database. */
export interface PoolerCall extends AgentCall {
  router: string;
  kind: 'pgbouncer';
}

export interface PoolerFacts {
  /** Where its clients are led. */
  to?: { host: string; port: number };
  detail: string;
  /** Clients of at least one of its databases wait. */
  isPaused: boolean;
  /** Those of all its databases do. Absent: its agent is older, and does not say. */
  isWhollyPaused?: boolean;
  /** When clients that wait go on by themselves; absent: never. */
  heldUntilMs?: number;
  /** Of the database that answers through it, where that was asked for. */
  systemIdentifier?: string;
  /** Why clients cannot be made to wait; absent: they can. */
  cannotPause?: string;
  /** What keeps Belay from pausing it, each with what to do about it. */
  problems: readonly string[];
}

/**
 * What agents do with the clients of a router, as far as a run needs it that only has them wait: these are
 * activities of recoveries of databases, and whoever does the one does the other.
 */
export interface ClientActivities {
  /** Changes nothing. `identifies`: asks for the database to which it leads, unless clients wait. */
  examineRoute(call: PoolerCall & { identifies?: true }): Promise<PoolerFacts>;
  /**
   * Clients wait, and no statement fails; they go on by themselves after `forMs`, whoever has died
   * meanwhile. Throws where a transaction is still open after `withinMs`; clients go on then.
   */
  pauseRoute(
    call: PoolerCall & { act: RunStep; withinMs: number; forMs: number },
  ): Promise<PoolerFacts>;
  /** Lets them go on. */
  resumeRoute(call: PoolerCall & { act: RunStep }): Promise<PoolerFacts>;
}
