import type { Fence } from '../../../contracts/kernel/fence.ts';
import type { ClusterApi } from '../../kubernetes-api/cluster-api.ts';

/** The route of one service, and the Services between which it divides the traffic. */
export interface RouteContext {
  api: ClusterApi;
  namespace: string;
  /** Services that selected stable's pods before any rollout: the route must lead to one of them. */
  services: readonly string[];
  /** The canary's Service. */
  canary: string;
  /** The labels of every object that is created for the canary. */
  labels: Record<string, string>;
}

/** The current state of a route, from cached objects. */
export interface RouteReading {
  /** Why this route cannot carry a canary: every reason, each with what to do. */
  refusals: string[];
  /** The Service that the route leads to; absent where there is not exactly one. */
  service?: string;
  /** The percentage of the canary's Service; absent if the route has no single weight. */
  weight?: number;
  /** Whether it gives the canary's Service any share. A missing route does not. */
  leadsToCanary: boolean;
  /** The differences from what Belay wrote, one line each, with their writer if known. */
  drift: string[];
}

/** Whether the router has applied the route. */
export type Verification =
  | { kind: 'yes' }
  /** `missing` completes "HTTPRoute shop …": "is not accepted yet by …". */
  | { kind: 'not-yet'; missing: string }
  /** This router reports nothing that could be checked: wait for `settleMs` instead. */
  | { kind: 'unsupported'; reason: string };

/**
 * Divides a service's traffic by weight; one implementation for each router. Reads come from the cache.
 * Writes are fenced and idempotent, need at most one request each unless someone else writes at the same
 * time, and return when the API server has accepted them; the router itself follows within `settleMs`.
 * A refused fence is a PlatformError `stale-fence`, a route that others changed a `conflict`.
 */
export interface Router {
  /** A name for messages: "HTTPRoute shop". */
  readonly name: string;
  /** How long the router may take to apply a change. */
  readonly settleMs: number;
  read(): Promise<RouteReading>;
  /** Prepares what the first weight needs; part of a claim. Writes nothing if nothing is needed. */
  prepare(fence: Fence): Promise<void>;
  /**
   * Routes this share (0 to 100) to the canary's Service. 0 is an undo: it overwrites the changes of
   * others and always leaves its fence; on a missing route it does nothing. Returns whether the route had
   * another weight before.
   */
  setWeight(fence: Fence, weight: number): Promise<boolean>;
  /** Like `setWeight`, but overwrites the changes of others. */
  correct(fence: Fence, weight: number): Promise<void>;
  /** For 0: whether nothing leads to the canary's Service any more, regardless of other changes to the route. */
  verify(weight: number): Promise<Verification>;
  /**
   * Restores the route to its state before the first weight, and returns one line for each part that was
   * kept because others had changed it. The fence stays on the object. The canary's Service may be deleted
   * only after this, because a route to a missing Service is broken.
   */
  restore(fence: Fence): Promise<string[]>;
}
