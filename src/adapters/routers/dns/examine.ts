import { AgentError } from '../../../contracts/kernel/agent-host.ts';
import type { NodeAddress } from '../../../contracts/recovery/database-node.ts';
import type { ExamineRouteCall, RouteFacts } from '../../../contracts/recovery/routes.ts';
import type { DnsSettings, RouterSettings } from '../../../specs/kernel/routers.ts';
import { findObstacles } from './find-obstacles.ts';
import { readMark } from './mark.ts';
import {
  describeRecords,
  leadsOnlyTo,
  readEverywhere,
  type AnsweredName,
  type ShownName,
} from './read-name.ts';

export type DnsRouterSettings = Extract<RouterSettings, { dns: unknown }>;

/**
 * Throws AgentError where the name server that takes updates does not answer. Changes nothing.
 * `servers`: those to which it may be led; what would keep it from that is among the problems.
 */
export async function examineName(
  router: DnsRouterSettings,
  servers: readonly NodeAddress[],
  behind?: ExamineRouteCall['behind'],
): Promise<RouteFacts> {
  const answers = await readEverywhere(router.dns);
  const [first] = answers;
  const shown = first?.shown;
  if (shown === undefined) throw new AgentError('unfinished', first?.why ?? 'nobody was asked');
  const { name } = router.dns;
  const mark = readMark(shown.marks);
  const ttls = [...new Set(shown.records.map(({ ttlS }) => ttlS))];
  const ttl = ttls.length === 0 ? '' : `, kept for ${ttls.join(' or ')} s`;
  const agreed = answers.filter((each) => each.shown && isLike(each.shown, shown)).length;
  return {
    ...leads(leadsTo(router, shown)),
    detail: `${name} is ${describeRecords(shown)}${ttl}, at ${agreed} of ${answers.length} name servers`,
    atMs: Date.now(),
    isPaused: false,
    cannotPause: 'a name does not hold clients',
    ...(mark && {
      generation: { systemIdentifier: mark.systemIdentifier, timeline: mark.timeline },
    }),
    problems: [
      ...refuseBehind(router.dns, behind === 'service'),
      ...problemsOf(router, shown),
      ...differences(answers, shown),
      ...(servers.length > 0 ? await findObstacles(router.dns, shown, servers) : []),
    ],
  };
}

/** With `check`, a name belongs to a database, whose servers are asked who they are. */
export function refuseBehind({ name, check }: DnsSettings, isService: boolean): string[] {
  if (isService === (check === undefined)) return [];
  return isService
    ? [`${name} has a check in the settings of its agent: it is led by runs about its database`]
    : [`${name} has no check in the settings of its agent, so it leads to no database`];
}

/** The server to which its one record leads, in the spelling of the settings. */
export function leadsTo(
  { servers }: DnsRouterSettings,
  shown: ShownName,
): { address?: NodeAddress } {
  const [record, ...more] = shown.records;
  if (record === undefined || more.length > 0) return {};
  const known = servers.find((server) => leadsOnlyTo(shown, server));
  return { address: known ?? { host: record.value, port: servers[0]?.port ?? 0 } };
}

function leads({ address }: { address?: NodeAddress }): { to?: NodeAddress } {
  return address === undefined ? {} : { to: address };
}

function problemsOf({ dns }: DnsRouterSettings, shown: ShownName): string[] {
  const allowedS = Math.ceil(dns.ttlMs / 1_000);
  const longest = Math.max(0, ...shown.records.map(({ ttlS }) => ttlS));
  const { length } = shown.marks;
  return [
    ...(shown.records.length === 1
      ? []
      : [`${dns.name} is ${describeRecords(shown)}, where it should be one address`]),
    ...(longest > allowedS
      ? [
          `resolvers keep it for ${longest} s, and the settings say ${allowedS} s: set its time to live to that ${longest} s before a switchover, or write what it is as ttl`,
        ]
      : []),
    ...(length > 0 && (length > 1 || readMark(shown.marks) === undefined)
      ? [`the record _belay.${dns.name} was written by somebody else; remove it`]
      : []),
  ];
}

function differences(answers: readonly AnsweredName[], first: ShownName): string[] {
  return answers.flatMap(({ server, shown, why = '' }) => {
    if (shown === undefined) return [why];
    if (isLike(shown, first)) return [];
    return [`name server ${server.host}:${server.port} says ${describeRecords(shown)}`];
  });
}

function isLike(one: ShownName, other: ShownName): boolean {
  return textOf(one) === textOf(other);
}

function textOf({ records }: ShownName): string {
  return records
    .map(({ type, value }) => `${type} ${value}`)
    .toSorted()
    .join(' ');
}
