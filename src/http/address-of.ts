import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';

/** From which address a request came: behind a proxy, that of the proxy. */
export function addressOf(context: Context): string {
  return getConnInfo(context).remote.address ?? 'unknown';
}
