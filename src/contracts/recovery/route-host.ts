import type { Attempt } from '../kernel/agent-host.ts';
import type { RouteActivities } from './routes.ts';

/** What an agent does with the routers of its host: its activities, given the attempt. Throws AgentError. */
export type RouteHost = {
  [Name in keyof RouteActivities]: (
    call: Parameters<RouteActivities[Name]>[0],
    attempt: Attempt,
  ) => ReturnType<RouteActivities[Name]>;
};
