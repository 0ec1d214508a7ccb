import type { NodeAddress } from '../../../contracts/recovery/database-node.ts';
import type { RouteFacts } from '../../../contracts/recovery/routes.ts';
import type { RegionName } from '../../../specs/recovery/region-plan.ts';
import { nameOfRoute } from '../databases/name-of-route.ts';
import type { RegionView } from './judge-region.ts';
import { placeDatabase, type MoveBy, type SeenDatabase } from './place-database.ts';

/** What was found of a group. */
export interface SeenGroup {
  databases: readonly SeenDatabase[];
  names: readonly { name: RegionName; facts?: RouteFacts; why?: string }[];
  services: readonly SeenService[];
}

/** A service in one region. */
export interface SeenService {
  service: string;
  region: string;
  /** What keeps it from being scaled there. */
  problems: readonly string[];
  /** Absent: the problems say why. */
  replicas?: number;
}

export interface Direction {
  from: string;
  to: string;
}

/** Every reason why a region cannot take over from one that is lost; empty: it can. */
export function refuseFailover(group: SeenGroup, move: Direction): string[] {
  return refuseMove(group, move, 'failover');
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
    ...refuseMove(group, move, 'switchover'),
    ...group.names.flatMap(({ name, facts }) =>
      (facts?.problems ?? []).map((problem) => `name ${nameOfRoute(name)}: ${problem}`),
    ),
  ];
}

function refuseMove(
  { databases, names, services }: SeenGroup,
  move: Direction,
  by: MoveBy,
): string[] {
  return [
    ...databases.flatMap((database) => {
      const place = placeDatabase(database, by);
      return place.kind === 'refused' ? place.reasons : [];
    }),
    ...names.flatMap((seen) => refuseName(seen, move)),
    ...services.flatMap(({ service, region, problems }) =>
      problems.map((problem) => `service ${service} in ${region}: ${problem}`),
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
