import { AgentError, type Attempt } from '../../src/contracts/kernel/agent-host.ts';
import type { RouteHost } from '../../src/contracts/recovery/route-host.ts';
import type { RouteActivities, RouterCall } from '../../src/contracts/recovery/routes.ts';
import { untilCancelled, withAttempt } from '../kernel/support/agent-attempts.ts';
import { callsOf } from '../kernel/support/agent-calls.ts';
import { whileHeartbeating } from '../kernel/support/heartbeating.ts';

/** What the queue of an agent carries out for routes of clients. */
export function createRouteActivities(agent: string, host: RouteHost): RouteActivities {
  const take = callsOf(agent);
  const on =
    <Call extends RouterCall, T>(
      work: (call: Call, attempt: Attempt) => Promise<T>,
      named?: 'act',
    ): ((call: Call) => Promise<T>) =>
    (call) =>
      take(
        call,
        () => {
          refuseMalformed(call);
          return withAttempt((attempt) =>
            whileHeartbeating(() => untilCancelled(call, attempt, work)),
          );
        },
        named,
      );
  return {
    examineRoute: on(host.examineRoute),
    pauseRoute: on(host.pauseRoute, 'act'),
    cutRoute: on(host.cutRoute, 'act'),
    switchRoute: on(host.switchRoute, 'act'),
    resumeRoute: on(host.resumeRoute, 'act'),
  };
}

function refuseMalformed({ router }: Partial<RouterCall>): void {
  if (typeof router === 'string') return;
  throw new AgentError('refused', 'a call names a router of the settings of its agent');
}
