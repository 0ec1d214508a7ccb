import { AgentError } from '../../src/contracts/kernel/agent-host.ts';
import type { RouteHost } from '../../src/contracts/recovery/route-host.ts';
import type { RouteActivities, RouterCall } from '../../src/contracts/recovery/routes.ts';
import { onHost } from '../kernel/support/on-host.ts';

/** What the queue of an agent carries out for routes of clients. */
export function createRouteActivities(agent: string, host: RouteHost): RouteActivities {
  const on = onHost<RouterCall>(agent, refuseMalformed);
  const act = { named: 'act' } as const;
  return {
    examineRoute: on(host.examineRoute),
    pauseRoute: on(host.pauseRoute, act),
    cutRoute: on(host.cutRoute, act),
    switchRoute: on(host.switchRoute, act),
    resumeRoute: on(host.resumeRoute, act),
  };
}

function refuseMalformed({ router }: Partial<RouterCall>): void {
  if (typeof router === 'string') return;
  throw new AgentError('refused', 'a call names a router of the settings of its agent');
}
