import type { NodeAddress } from '../../contracts/recovery/database-node.ts';
import type {
  ExamineRouteCall,
  RouteFacts,
  RouteTarget,
  SwitchRouteCall,
} from '../../contracts/recovery/routes.ts';

/** Leads clients to servers. What each does is said where RouteActivities says it. Throws AgentError. */
export interface Router {
  examine(
    servers?: readonly NodeAddress[],
    behind?: ExamineRouteCall['behind'],
  ): Promise<RouteFacts>;
  pause(withinMs: number): Promise<RouteFacts>;
  cut(): Promise<RouteFacts>;
  switch(
    from: NodeAddress,
    to: RouteTarget,
    waiting: SwitchRouteCall['waiting'],
  ): Promise<RouteFacts>;
  resume(to: RouteTarget | undefined): Promise<RouteFacts>;
  /** The system identifier of the database that answers through it. */
  identify?(): Promise<string>;
}

/** A router whose clients can be made to wait. */
export interface HoldingRouter extends Router {
  /** What it has held may be held by somebody else from here on. */
  forgetHeld(): Promise<void>;
}
