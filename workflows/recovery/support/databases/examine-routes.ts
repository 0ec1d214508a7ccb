import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  sleep,
  TimeoutFailure,
} from '@temporalio/workflow';
import { failureTypes } from '../../../../src/contracts/kernel/failures.ts';
import type { NodeAddress } from '../../../../src/contracts/recovery/database-node.ts';
import { leaseHasRunOut } from '../../../../src/policies/recovery/databases/lost-host.ts';
import type { SeenRoute } from '../../../../src/policies/recovery/databases/seen-route.ts';
import { describeRoute } from '../../../../src/policies/recovery/databases/seen-route.ts';
import {
  leaderOf,
  nameOfRoute,
} from '../../../../src/policies/recovery/databases/name-of-route.ts';
import type { Route } from '../../../../src/specs/recovery/route.ts';
import { reasonOf } from '../../../kernel/reason-of.ts';
import { takeStep } from '../../../kernel/steps.ts';
import type { DatabaseRun } from './database-run.ts';

/** An agent that is being started again answers a moment later. */
const answersWithinMs = 30_000;
const betweenMs = 1_000;

/**
 * Asks each router where it leads, and with `thoroughly` also whether it can be led to every node, which
 * takes longer: where its agent is away, it is asked again for a while. One that does not answer is part of the
 * answer, and so is one by the agent of a `lost` node, which is not asked.
 */
export async function examineRoutes<Spec>(
  run: DatabaseRun<Spec>,
  { thoroughly, lost }: { thoroughly: boolean; lost?: string | undefined },
): Promise<SeenRoute[]> {
  const { routes, nodes } = run.plan;
  const servers = thoroughly ? nodes.map(({ address }) => address) : [];
  if (routes.length === 0) return [];
  return takeStep(run, 'examine the routes of clients', async ({ prove }) => {
    const lostAgent = nodes.find(({ name }) => name === lost)?.agent;
    const ask = (route: Route) => askRoute(run, route, { servers, lostAgent });
    let seen = await Promise.all(routes.map(ask));
    const untilMs = Date.now() + answersWithinMs;
    while (thoroughly && seen.some(({ isAway }) => isAway) && Date.now() < untilMs) {
      await sleep(betweenMs);
      const known = seen.map(async (each) => (each.isAway ? ask(each.route) : each));
      seen = await Promise.all(known);
    }
    for (const each of seen) {
      const { route } = each;
      prove({ what: nameOfRoute(route), source: leaderOf(route), value: describeRoute(each) });
    }
    return seen;
  });
}

type AskedRoute = SeenRoute & { isAway?: boolean };

async function askRoute<Spec>(
  run: DatabaseRun<Spec>,
  route: Route,
  { servers, lostAgent }: { servers: readonly NodeAddress[]; lostAgent: string | undefined },
): Promise<AskedRoute> {
  if ('router' in route && route.agent === lostAgent) return { route, why: leaseHasRunOut };
  try {
    return { route, facts: await run.route(route).examine(servers) };
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { route, why: reasonOf(error), isAway: isAbsent(error) };
  }
}

/** Its agent did not take the question up, or has not answered since. */
function isAbsent(error: unknown): boolean {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof TimeoutFailure) return true;
  return cause instanceof ApplicationFailure && cause.type === failureTypes.agentAbsent;
}
