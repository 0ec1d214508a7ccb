import type { NodeAddress } from './database-node.ts';
import type { RouteFacts, RouteTarget } from './routes.ts';

/** A Service of Kubernetes without a selector, whose one EndpointSlice says where it leads. */
export interface ServiceCall {
  /** Of the kubeconfig of the workers. Absent: the current one. */
  context?: string;
  namespace: string;
  service: string;
}

export interface ExamineServiceCall extends ServiceCall {
  /** Those to which it is to be led. */
  servers?: readonly NodeAddress[];
}

export interface SwitchServiceCall extends ServiceCall {
  from: NodeAddress;
  to: RouteTarget;
}

/**
 * How clients in a cluster reach the primary, by the API server of that cluster. A Service holds nobody:
 * connections stay where they are. Refusals are final.
 */
export interface ServiceRouteActivities {
  /** Changes nothing. What would keep it from being led to one of the servers is among the problems. */
  examineService(call: ExamineServiceCall): Promise<RouteFacts>;
  /**
   * Leads it from one server to another, if it is still as it was read. Refused where it leads to neither
   * of the two, or was led to a newer timeline before: a late attempt leads it back to nothing. Idempotent.
   */
  switchService(call: SwitchServiceCall): Promise<RouteFacts>;
}
