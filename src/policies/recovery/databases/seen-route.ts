import type { NodeAddress } from '../../../contracts/recovery/database-node.ts';
import type { RouteFacts } from '../../../contracts/recovery/routes.ts';
import type { AgentRoute, Route } from '../../../specs/recovery/route.ts';
import { nameOfRoute } from './name-of-route.ts';

/** What a router says; absent facts: why it says nothing. */
export interface SeenRoute {
  route: Route;
  facts?: RouteFacts;
  why?: string;
}

export function describeRoute({ facts, why = 'its agent does not answer' }: SeenRoute): string {
  if (facts === undefined) return why;
  const { to, detail, isPaused, problems } = facts;
  const leads = to === undefined ? 'leads to no single server' : `leads to ${show(to)}`;
  return [leads, ...(isPaused ? ['clients wait'] : []), detail, ...problems].join('; ');
}

/** Every reason why clients cannot be led from this server to another; empty: they can. */
export function refuseRoutes(seen: readonly SeenRoute[], from: NodeAddress): string[] {
  return seen.flatMap((each) => {
    const name = nameOfRoute(each.route);
    const { facts, why = 'its agent does not answer' } = each;
    if (facts === undefined) return [`${name}: ${why}`];
    const problems = facts.problems.map((problem) => `${name}: ${problem}`);
    return leadsTo(each, from) || facts.to === undefined
      ? problems
      : [...problems, `${name} leads to ${show(facts.to)}, and not to ${show(from)}`];
  });
}

/**
 * Whether it can make clients wait, and end what is connected. A name only says where to connect to, and
 * a Service only where new connections go.
 */
export function holdsClients<Seen extends { route: Route }>(
  seen: Seen,
): seen is Seen & { route: AgentRoute } {
  switch (seen.route.kind) {
    case 'pgbouncer':
    case 'haproxy':
      return true;
    case 'dns':
    case 'service':
      return false;
  }
}

/** Only those: the clients of another server are none of this run's. */
export function leadsTo({ facts }: SeenRoute, { host, port }: NodeAddress): boolean {
  return facts?.to?.host === host && facts.to.port === port;
}

function show({ host, port }: NodeAddress): string {
  return `${host}:${port}`;
}
