import { agentContract, type Capability } from '../../contracts/kernel/agent.ts';
import type { RouteHost } from '../../contracts/recovery/route-host.ts';
import { kindOfRouter, type RouterSettings } from '../../specs/kernel/routers.ts';
import { unattended } from '../unattended.ts';

/** Where each router of this host leads, and what keeps it from being switched. */
export async function describeRouters(
  agent: string,
  routers: readonly RouterSettings[],
  hosts: RouteHost,
): Promise<Record<string, Capability[]>> {
  const described = await Promise.all(
    routers.map(async (router): Promise<Capability> => {
      const { name, servers } = router;
      const may = `may lead to ${servers.map(({ host, port }) => `${host}:${port}`).join(', ')}`;
      const kind = kindOfRouter(router);
      const call = { contract: agentContract, agent, router: name, kind };
      try {
        const isOfService = 'dns' in router && router.dns.check === undefined;
        const behind = isOfService ? { behind: 'service' as const } : {};
        const asked = { ...call, servers, ...behind };
        const { to, detail, problems } = await hosts.examineRoute(asked, unattended);
        const leads = to === undefined ? '' : `leads to ${to.host}:${to.port}; `;
        return {
          ...{ name, description: `${detail}; ${leads}${may}` },
          ...(problems.length > 0 && { unavailable: problems.join('; ') }),
        };
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        return { name, description: may, unavailable: why };
      }
    }),
  );
  return described.length > 0 ? { router: described } : {};
}
