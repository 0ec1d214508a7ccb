import * as z from 'zod';
import type { ManagerKind } from '../../contracts/recovery/database-manager.ts';
import { refusal } from '../kernel/given.ts';
import { isMapping, judgedBy, type Finding, type Unfinished } from '../kernel/finding.ts';
import { formatDuration } from '../kernel/duration.ts';
import { offerKnown } from '../kernel/known-keys.ts';
import { duration, flag, idPart, mapping, text, wholeNumber, choice } from '../kernel/written.ts';
import { leaseMarginMs } from '../../policies/recovery/databases/lease-margin.ts';
import { clusterAddressSchema, type ClusterAddress } from './cluster-address.ts';
import { kindKey } from './database-kind.ts';
import { judgeManager } from './judge-manager.ts';
import { nodeSchema, type DatabaseNode } from './database-node.ts';
import { routesSchema, type Route } from './route.ts';

/** A replicated database, and how it is recovered: every run about it carries this whole. */
export interface DatabasePlan {
  kind: 'databaseWatch';
  environment: string;
  database: string;
  /** Who is in charge of it, and is asked; absent: Belay itself. */
  manager?: ManagerKind;
  /** What CloudNativePG is in charge of; there are no nodes and no routes then. */
  cloudnativepg?: ClusterAddress;
  /** In the order in which they are preferred as a primary, among equals. */
  nodes: DatabaseNode[];
  /** How clients reach the primary; empty: they find it by themselves. */
  routes: Route[];
  /** Open transactions have so long to end before a switchover; then it is undone. */
  pauseWithinMs: number;
  /** Nobody has reached the primary for so long before it counts as down. */
  confirmForMs: number;
  everyMs: number;
  /** The primary's host fences it once Temporal has not accepted a heartbeat for so long; absent: never. */
  leaseMs?: number;
  /** Whether the watch fails over by itself. */
  automatic: boolean;
  /** After an automatic failover the next one is a person's for so long, or until it is acknowledged. */
  automaticAgainAfterMs: number;
  /** A server that has ended is started in place first; absent: never. */
  restartFirst?: { withinMs: number };
  /** More than this is lost only with an approval. */
  maxLoss: { bytes: number; ms: number };
  /** For a clean shutdown, where nothing has failed. */
  shutdownWithinMs: number;
  rejoin: 'auto' | 'rewind' | 'copy' | 'never';
  /** As in a file of kind backup: a full one of the new primary is made after a promotion. */
  backup?: Record<string, unknown>;
  /** Who may approve a loss, or confirm a fence; empty: anyone with a name. */
  approvers: string[];
  objectives: { rtoMs: number; rpoMs: number };
}

const hourMs = 3_600_000;

const planKeys = {
  kind: kindKey('databaseWatch'),
  environment: idPart('environment').describe('Where it belongs.'),
  database: idPart('database').describe('The name of the database, as people call it.'),
  manager: choice(['patroni', 'cloudnativepg'])
    .exactOptional()
    .describe(
      'What is in charge of it: patroni or cloudnativepg. Belay asks it to switch over or fail over, and proves what it did; nodes then have the names of the members of Patroni, and are left out for CloudNativePG. Default: nothing, Belay itself is.',
    ),
  cloudnativepg: clusterAddressSchema
    .exactOptional()
    .describe('Which Cluster CloudNativePG is in charge of. Written with manager: cloudnativepg.'),
  nodes: z
    .record(idPart('node'), nodeSchema, {
      error: refusal('write a mapping of names to nodes'),
    })
    .refine((all) => Object.keys(all).length >= 2, {
      error: 'has less than two nodes: there is nothing to fail over to',
    })
    .refine((all) => Object.keys(all).length <= 16, { error: 'has too many nodes; at most 16' })
    .exactOptional()
    .describe(
      'Its servers, each by its name. The first is preferred, among equals. Required, unless CloudNativePG is in charge.',
    ),
  routes: routesSchema
    .prefault([])
    .describe('What leads clients to the primary. Default: nothing; they find it by themselves.'),
  pauseWithin: duration(100, 60_000)
    .prefault('5s')
    .describe('For open transactions to end, before a switchover pauses clients. Default: 5s.'),
  confirmFor: duration(1_000, hourMs)
    .prefault('10s')
    .describe('Nobody has reached the primary for so long before it is down. Default: 10s.'),
  every: duration(100, 60_000)
    .prefault('500ms')
    .describe('How often each agent looks at the primary. Default: 500ms.'),
  lease: duration(3_000, hourMs)
    .exactOptional()
    .describe(
      'The primary’s own host fences it once Temporal has not heard of it for so long, so that a failover from a host that is lost needs nobody’s word for it. At least 3s, and 2s shorter than confirmFor. Default: none.',
    ),
  automatic: flag()
    .prefault(false)
    .describe('Whether the watch fails over by itself. Default: false, a person decides.'),
  automaticAgainAfter: duration(0, 30 * 24 * hourMs)
    .prefault('1h')
    .describe(
      'After an automatic failover the next is a person’s, for so long or until it is acknowledged. Default: 1h.',
    ),
  restartFirst: duration(1_000, hourMs)
    .exactOptional()
    .describe('Start a server that has ended in place first; it is given so long. Default: never.'),
  maxLoss: mapping({
    bytes: wholeNumber(0).prefault(0).describe('Of log that no standby has received. Default: 0.'),
    time: duration(0).prefault(0).describe('Of commits that no standby has received. Default: 0.'),
  })
    .transform(({ bytes, time }) => ({ bytes, ms: time }))
    .prefault({})
    .describe('What may be lost without an approval.'),
  shutdownWithin: duration(1_000, hourMs)
    .prefault('30s')
    .describe('For a clean shutdown of a primary, in a switchover. Default: 30s.'),
  rejoin: choice(['auto', 'rewind', 'copy', 'never'])
    .prefault('auto')
    .describe('How the former primary becomes a standby again. Default: auto.'),
  backup: z
    .record(z.string(), z.unknown(), { error: refusal('write the plan of a backup') })
    .exactOptional()
    .describe(
      'The plan of a backup, as in its own file: a full one of the new primary follows a promotion.',
    ),
  approvers: z
    .array(text('write a name'), { error: refusal('write a list of names') })
    .prefault([])
    .describe('Who may approve a loss, or confirm a fence. Default: anyone with a name.'),
  objectives: mapping({
    rto: duration(1_000).prefault('5m').describe('The longest outage. Default: 5m.'),
    rpo: duration(0).prefault(0).describe('The most that may be lost, in time. Default: 0.'),
  })
    .transform(({ rto, rpo }) => ({ rtoMs: rto, rpoMs: rpo }))
    .prefault({})
    .describe('What recoveries are measured against.'),
};

export const databasePlanSchema = mapping(planKeys, {
  name: 'write database: its name',
  servers: 'write nodes',
  members: 'write nodes',
  confirm: 'write confirmFor',
  router: 'write routes: a list',
  pgbouncer: 'write it in the list routes',
  primary: 'leave it out: the nodes are asked which of them is the primary',
  cnpg: 'write manager: cloudnativepg, and cloudnativepg: { namespace, cluster }',
  patroni: 'write manager: patroni; where its REST API is belongs to the settings of agents',
})
  .check(
    judgedBy((given) => [
      ...judgeNodes(given['nodes']),
      ...judgeLease(given),
      ...judgeManager(given),
    ]),
  )
  .transform(
    ({
      nodes,
      pauseWithin,
      confirmFor,
      every,
      lease,
      automaticAgainAfter,
      restartFirst,
      shutdownWithin,
      ...plan
    }): DatabasePlan => ({
      ...plan,
      nodes: Object.entries(nodes ?? {}).map(([name, node]) => ({ name, ...node })),
      pauseWithinMs: pauseWithin,
      confirmForMs: confirmFor,
      everyMs: every,
      ...(lease !== undefined && { leaseMs: lease }),
      automaticAgainAfterMs: automaticAgainAfter,
      ...(restartFirst !== undefined && { restartFirst: { withinMs: restartFirst } }),
      shutdownWithinMs: shutdownWithin,
    }),
  );

/** By the time that everybody agrees on its end, its host must have fenced it. */
function judgeLease({ lease, confirmFor }: Unfinished): Finding[] {
  if (typeof lease !== 'number' || typeof confirmFor !== 'number') return [];
  if (lease + leaseMarginMs <= confirmFor) return [];
  const [given, confirmed, margin] = [lease, confirmFor, leaseMarginMs].map(formatDuration);
  const least = formatDuration(lease + leaseMarginMs);
  return [
    {
      path: ['lease'],
      message: `${given} is too long where confirmFor is ${confirmed}: a lease is at least ${margin} shorter. Write a shorter one, or confirmFor: ${least} or more`,
    },
  ];
}

/** Two names of one server would be a quorum of one. */
function judgeNodes(nodes: unknown): Finding[] {
  if (!isMapping(nodes)) return [];
  const seen = new Map<string, string>();
  return Object.entries(nodes).flatMap(([name, node]): Finding[] => {
    if (!isMapping(node)) return [];
    const { agent, cluster, address } = node;
    const places: [string, string][] = [
      ['address', JSON.stringify(address)],
      ['cluster', `${String(agent)}/${String(cluster)}`],
    ];
    return places.flatMap(([key, place]) => {
      const other = seen.get(`${key} ${place}`);
      seen.set(`${key} ${place}`, name);
      if (other === undefined) return [];
      return [{ path: ['nodes', name, key], message: `is that of ${other}, too; each node once` }];
    });
  });
}

/** Whether a node that is named is one of the plan. */
export function judgeNode(key: string, given: Unfinished): Finding[] {
  const { plan, [key]: name } = given;
  const names = nodeNames(isMapping(plan) ? plan['nodes'] : undefined);
  if (typeof name !== 'string' || names.length === 0 || names.includes(name)) return [];
  return [{ path: [key], message: `the plan has no node "${name}"; ${offerKnown(name, names)}` }];
}

/** Of a resolved plan, or of one that is still as it was given. */
function nodeNames(nodes: unknown): string[] {
  if (!Array.isArray(nodes)) return isMapping(nodes) ? Object.keys(nodes) : [];
  return nodes.flatMap((each: unknown) =>
    isMapping(each) && typeof each['name'] === 'string' ? [each['name']] : [],
  );
}
