import { AgentError } from '../../contracts/kernel/agent-host.ts';
import type { RouteHost } from '../../contracts/recovery/route-host.ts';
import type { RouterCall } from '../../contracts/recovery/routes.ts';
import type { RouterSettings } from '../../specs/kernel/routers.ts';
import { DnsName } from './dns/dns-name.ts';
import { PgBouncer } from './pgbouncer/pgbouncer.ts';
import type { Router } from './router.ts';

/** What leads clients on this host to the servers of a database. */
export function createRouters(routers: readonly RouterSettings[]): RouteHost {
  const of = ({ router }: RouterCall): Router => {
    const settings = routers.find(({ name }) => name === router);
    if (settings === undefined) throw new AgentError('refused', `there is no router ${router}`);
    return 'dns' in settings ? new DnsName(settings) : new PgBouncer(settings.pgbouncer);
  };
  return {
    examineRoute: async (call) => of(call).examine(call.servers, call.behind),
    pauseRoute: async (call) => of(call).pause(call.withinMs),
    cutRoute: async (call) => of(call).cut(),
    switchRoute: async (call) => of(call).switch(call.from, call.to, call.waiting),
    resumeRoute: async (call) => of(call).resume(call.to),
  };
}
