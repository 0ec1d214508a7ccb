import type { RouterKind } from '../../contracts/recovery/routes.ts';
import * as z from 'zod';
import { agentName } from '../kernel/agent-name.ts';
import { nameOfRoute } from '../../policies/recovery/databases/name-of-route.ts';
import { refusal } from '../kernel/given.ts';
import { idPart, mapping } from '../kernel/written.ts';

/** One way by which clients reach the primary, and who leads them elsewhere. */
export interface Route {
  kind: RouterKind;
  agent: string;
  /** As the settings of the agent name it. */
  router: string;
}

const pgbouncer = mapping({
  agent: agentName.describe('Who acts for it, on its host.'),
  router: idPart('router').describe('As the settings of the agent name it.'),
});

const route = mapping(
  { pgbouncer: pgbouncer.describe('A PgBouncer in front of the database.') },
  { agent: 'write it under pgbouncer', router: 'write it under pgbouncer' },
).transform(({ pgbouncer: at }): Route => ({ kind: 'pgbouncer', ...at }));

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
