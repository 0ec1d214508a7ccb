import type { RouterSettings } from '../../specs/kernel/routers.ts';
import { Haproxy } from './haproxy/haproxy.ts';
import { PgBouncer } from './pgbouncer/pgbouncer.ts';
import type { HoldingRouter } from './router.ts';

export type HoldingSettings = Exclude<RouterSettings, { dns: unknown }>;

/** `folder`: of this router, in the agent's state. */
export function createHoldingRouter(settings: HoldingSettings, folder: string): HoldingRouter {
  return 'haproxy' in settings
    ? new Haproxy(settings.haproxy, folder)
    : new PgBouncer(settings.pgbouncer, folder);
}
