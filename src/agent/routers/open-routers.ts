import { AgentError, type Attempt } from '../../contracts/kernel/agent-host.ts';
import type { NodeAddress } from '../../contracts/recovery/database-node.ts';
import type { RouteHost } from '../../contracts/recovery/route-host.ts';
import type { RouterAct, RouterCall, RouteTarget } from '../../contracts/recovery/routes.ts';
import { showGiven } from '../../specs/kernel/given.ts';
import { offerKnown } from '../../specs/kernel/known-keys.ts';
import type { RouterSettings } from '../../specs/kernel/routers.ts';
import type { Once } from '../acts/once.ts';
import { inTurnsOf } from '../acts/turns.ts';

interface RoutersOptions {
  agent: string;
  routers: readonly RouterSettings[];
  once: Once;
  /** Who carries out what the settings allow. */
  hosts: RouteHost;
}

/** Lets through what the settings allow, one act on a router at a time, and each once. */
export function openRouters({ agent, routers, once, hosts }: RoutersOptions): RouteHost {
  const inTurn = inTurnsOf();
  const find = ({ router, kind }: RouterCall): RouterSettings => {
    const found = routers.find(({ name }) => name === router);
    if (found === undefined) {
      const known = routers.map(({ name }) => name);
      const offer = known.length === 0 ? 'its settings name none' : offerKnown(router, known);
      throw new AgentError(
        'refused',
        `agent ${agent} has no router ${showGiven(router)}; ${offer}`,
      );
    }
    if (!Object.hasOwn(found, kind)) {
      throw new AgentError('refused', `router ${router} of agent ${agent} is no ${kind}`);
    }
    return found;
  };
  const act =
    <Call extends RouterAct, T>(name: string, work: (call: Call, attempt: Attempt) => Promise<T>) =>
    async (call: Call, attempt: Attempt): Promise<T> => {
      const { servers } = find(call);
      const { from, to } = call as { from?: NodeAddress; to?: RouteTarget };
      for (const server of [from, to?.address]) refuseServer(agent, call.router, servers, server);
      const { contract: _contract, agent: _agent, act: step, ...args } = call;
      return once(
        step,
        { about: `router ${call.router}`, name, args },
        () => work(call, attempt),
        (begin) => inTurn(call.router, begin),
      );
    };
  return {
    examineRoute: async (call, attempt) => {
      const { servers: known } = find(call);
      const { servers = [] } = call;
      const facts = await hosts.examineRoute(call, attempt);
      const unknown = servers.filter((server) => !isListed(known, server));
      const refused = unknown.map((server) => describeRefused(agent, call.router, known, server));
      return { ...facts, problems: [...facts.problems, ...refused] };
    },
    pauseRoute: act('pauseRoute', hosts.pauseRoute),
    cutRoute: act('cutRoute', hosts.cutRoute),
    switchRoute: act('switchRoute', hosts.switchRoute),
    resumeRoute: act('resumeRoute', hosts.resumeRoute),
  };
}

function refuseServer(
  agent: string,
  router: string,
  known: RouterSettings['servers'],
  wanted: NodeAddress | undefined,
): void {
  if (wanted === undefined || isListed(known, wanted)) return;
  throw new AgentError('refused', describeRefused(agent, router, known, wanted));
}

function isListed(known: RouterSettings['servers'], wanted: NodeAddress): boolean {
  return known.some(({ host, port }) => host === wanted.host && port === wanted.port);
}

function describeRefused(
  agent: string,
  router: string,
  known: RouterSettings['servers'],
  { host, port }: NodeAddress,
): string {
  const listed = known.map((each) => `${each.host}:${each.port}`).join(', ');
  return `agent ${agent} does not lead ${router} to ${host}:${port}; routers.${router}.servers of its settings has: ${listed}`;
}
