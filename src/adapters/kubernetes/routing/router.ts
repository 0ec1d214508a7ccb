import type { Fence } from '../../../contracts/kernel/fence.ts';
import type { ClusterApi } from '../../kubernetes-api/cluster-api.ts';

/** The route of one service, and between whom it divides the traffic. */
export interface RouteContext {
  api: ClusterApi;
  namespace: string;
  /** Services that selected stable's pods before any rollout: the route must lead to one of them. */
  services: readonly string[];
  /** The canary's Service. */
  canary: string;
  /** On every object that is created for the canary. */
  labels: Record<string, string>;
}

/** What a route is now, from cached objects. */
export interface RouteReading {
  /** Why this route cannot carry a canary, every reason, each with what to do. */
  refusals: string[];
  /** The Service that the route leads to; absent where there is not exactly one. */
  service?: string;
  /** Percent on the canary's Service; absent where the route says no one weight. */
  weight?: number;
  /** Whether it gives the canary's Service any share. One that is gone does not. */
  leadsToCanary: boolean;
  /** What is no longer as Belay wrote it, one line each, and who did it where that is known. */
  drift: string[];
}

/** Whether the router has taken over what the route says. */
export type Verification =
  | { kind: 'yes' }
  /** `missing` completes "HTTPRoute shop …": "is not accepted yet by …". */
  | { kind: 'not-yet'; missing: string }
  /** This router says nothing that could be checked: wait for `settleMs` instead. */
  | { kind: 'unsupported'; reason: string };

/**
 * Divides a service's traffic by weight: one for each router. Reads come from the cache. Writes are
 * fenced and idempotent, at most one request each unless someone else wrote meanwhile, and return
 * once the API server has accepted them; the router itself follows within `settleMs`. Fences are
 * refused with PlatformError `stale-fence`, a route that others changed with `conflict`.
 */
export interface Router {
  /** As an operator calls it: "HTTPRoute shop". */
  readonly name: string;
  /** How long the router may take to do what it was told. */
  readonly settleMs: number;
  read(): Promise<RouteReading>;
  /** Makes ready what the first weight needs; part of a claim. Costs nothing where nothing is needed. */
  prepare(fence: Fence): Promise<void>;
  /**
   * Routes this share (0 to 100) to the canary's Service. 0 is an undo: it is written whatever
   * others did to the route, and always leaves its fence. Nothing to do for 0 on a route that is gone.
   * Answers whether the route said anything else before.
   */
  setWeight(fence: Fence, weight: number): Promise<boolean>;
  /** As `setWeight`, over what others wrote. */
  correct(fence: Fence, weight: number): Promise<void>;
  /** For 0: that nothing leads to the canary's Service any more, whatever else others made of the route. */
  verify(weight: number): Promise<Verification>;
  /**
   * Puts the route back as it was before the first weight, and returns what it left because others
   * had changed it, one line each. The fence stays where the object does.
   * The canary's Service may be deleted only after this: a route to a Service that is gone is broken.
   */
  restore(fence: Fence): Promise<string[]>;
}
