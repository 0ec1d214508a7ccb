import { routerKinds, type RouterKind } from '../../contracts/recovery/routes.ts';
import * as z from 'zod';
import { agentName } from '../kernel/agent-name.ts';
import { nameOfRoute } from '../../policies/recovery/databases/name-of-route.ts';
import { refusal } from '../kernel/given.ts';
import { idPart, mapping } from '../kernel/written.ts';
import { serviceRouteSchema, type ServiceRoute } from './service-route.ts';

/** A router that an agent leads. */
export interface AgentRoute {
  kind: RouterKind;
  agent: string;
  /** As the settings of the agent name it. */
  router: string;
}

/** One way by which clients reach the primary, and who leads them elsewhere. */
export type Route = AgentRoute | ServiceRoute;

const writtenUnder = 'write it under pgbouncer, haproxy or dns';

const router = mapping({
  agent: agentName.describe('Who acts for it.'),
  router: idPart('router').describe('As the settings of the agent name it.'),
});

const route = mapping(
  {
    pgbouncer: router.exactOptional().describe('A PgBouncer in front of the database.'),
    haproxy: router.exactOptional().describe('An HAProxy in front of the database.'),
    dns: router
      .exactOptional()
      .describe('A name that clients resolve, in a zone that takes updates.'),
    service: serviceRouteSchema.exactOptional().describe('A Service of Kubernetes.'),
  },
  { agent: writtenUnder, router: writtenUnder, namespace: 'write it under service' },
).transform(({ service, ...given }, context): Route => {
  const routers = routerKinds.flatMap((kind): Route[] => {
    const at = given[kind];
    return at === undefined ? [] : [{ kind, ...at }];
  });
  const [first, ...more] = [
    ...routers,
    ...(service === undefined ? [] : [{ kind: 'service' as const, ...service }]),
  ];
  if (first !== undefined && more.length === 0) return first;
  context.addIssue('write one of pgbouncer, haproxy, dns and service');
  return z.NEVER;
});

export const routesSchema = z
  .array(route, { error: refusal('write a list of routes') })
  .max(16, { error: 'has too many routes; at most 16' })
  .superRefine((routes, context) => {
    const names = routes.map(nameOfRoute);
    names.forEach((name, index) => {
      if (names.indexOf(name) === index) return;
      const message = `${name} is there already; each router once`;
      context.addIssue({ code: 'custom', path: [index], message });
    });
  });
