import type { NodeAddress, NodeFacts } from '../../../contracts/recovery/database-node.ts';
import type { RouteFacts } from '../../../contracts/recovery/routes.ts';
import type { DatabaseNode } from '../../../specs/recovery/database-node.ts';
import type { RegionDatabase, RegionName } from '../../../specs/recovery/region-plan.ts';
import { nameOfRoute } from '../databases/name-of-route.ts';
import type { RegionView } from './judge-region.ts';

/** What was found in the region that is to take over. */
export interface SeenGroup {
  databases: readonly {
    database: Pick<RegionDatabase, 'plan'>;
    node: Pick<DatabaseNode, 'name'>;
    facts?: NodeFacts;
    why?: string;
  }[];
  names: readonly { name: RegionName; facts?: RouteFacts; why?: string }[];
}

export interface Direction {
  from: string;
  to: string;
}

/** Every reason why a region cannot take over from one that is lost; empty: it can. */
export function refuseFailover({ databases, names }: SeenGroup, move: Direction): string[] {
  return [
    ...databases.flatMap(({ database, node, facts, why = 'its agent does not answer' }) => {
      const about = `database ${database.plan.database}: ${node.name}`;
      if (facts === undefined) return [`${about}: ${why}`];
      const canTakeOver = facts.state === 'standby' || facts.state === 'primary';
      return canTakeOver ? [] : [`${about} is ${facts.state}, and no standby: ${facts.detail}`];
    }),
    ...names.flatMap((seen) => refuseName(seen, move)),
  ];
}

/** Every reason why a group cannot move back without a loss; empty: it can. */
export function refuseFailback(
  group: SeenGroup,
  views: readonly RegionView[],
  move: Direction,
): string[] {
  const away = views.filter(({ reaches }) => reaches !== true);
  return [
    ...away.map(({ witness, detail }) => `${move.to} is not back: ${witness}: ${detail}`),
    ...refuseFailover(group, move),
    ...group.databases.flatMap(({ database, node, facts }) =>
      facts?.state === 'standby' && facts.upstream?.connected !== true
        ? [
            `database ${database.plan.database}: ${node.name} does not stream: rejoin it first (belay database rejoin --node ${node.name})`,
          ]
        : [],
    ),
    ...group.names.flatMap(({ name, facts }) =>
      (facts?.problems ?? []).map((problem) => `name ${nameOfRoute(name)}: ${problem}`),
    ),
  ];
}

/** Where a name server is lost with its region, that alone keeps nobody from a failover. */
function refuseName(
  { name, facts, why = 'its agent does not answer' }: SeenGroup['names'][number],
  { from, to }: Direction,
): string[] {
  const about = `name ${nameOfRoute(name)}`;
  if (facts === undefined) return [`${about}: ${why}`];
  const known = [name.servers[from], name.servers[to]];
  if (facts.to === undefined) return [`${about}: ${facts.detail}`];
  if (known.some((address) => address && isSame(address, facts.to))) return [];
  return [`${about} leads to ${facts.to.host}, and neither to ${from} nor to ${to}`];
}

function isSame(one: NodeAddress, other: NodeAddress | undefined): boolean {
  return one.host === other?.host && one.port === other.port;
}
