import { isCancellation } from '@temporalio/workflow';
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

/**
 * Asks each router where it leads, and with `thoroughly` also whether it can be led to every node, which
 * takes longer. One that does not answer is part of the answer, and so is one by the agent of a `lost` node,
 * which is not asked.
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
    const seen = await Promise.all(
      routes.map((route) => askRoute(run, route, { servers, lostAgent })),
    );
    for (const each of seen) {
      const { route } = each;
      prove({ what: nameOfRoute(route), source: leaderOf(route), value: describeRoute(each) });
    }
    return seen;
  });
}

async function askRoute<Spec>(
  run: DatabaseRun<Spec>,
  route: Route,
  { servers, lostAgent }: { servers: readonly NodeAddress[]; lostAgent: string | undefined },
): Promise<SeenRoute> {
  if ('router' in route && route.agent === lostAgent) return { route, why: leaseHasRunOut };
  try {
    return { route, facts: await run.route(route).examine(servers) };
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { route, why: reasonOf(error) };
  }
}
