import type { RouterSettings } from '../../specs/kernel/routers.ts';
import { Haproxy } from './haproxy/haproxy.ts';
import { PgBouncer } from './pgbouncer/pgbouncer.ts';
import type { Router } from './router.ts';

/** A router whose clients can be made to wait. */
export interface HoldingRouter extends Router {
  /** What it has held may be held by somebody else from here on. */
  forgetHeld(): Promise<void>;
}

export type HoldingSettings = Exclude<RouterSettings, { dns: unknown }>;

/** `folder`: of this router, in the agent's state. */
export function createHoldingRouter(settings: HoldingSettings, folder: string): HoldingRouter {
  return 'haproxy' in settings
    ? new Haproxy(settings.haproxy, folder)
    : new PgBouncer(settings.pgbouncer, folder);
}
