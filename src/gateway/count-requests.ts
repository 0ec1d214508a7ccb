import type { MiddlewareHandler } from 'hono';
import type { GatewayMetrics, GatewayRoute } from '../telemetry/metrics/gateway-metrics.ts';

/** Counts and times every request behind it, those included that are turned away. */
export function countRequests(metrics: GatewayMetrics): MiddlewareHandler {
  return async (context, next) => {
    const startedMs = performance.now();
    await next();
    const route = routeOf(context.req.path);
    metrics.answered(route, context.res.status, performance.now() - startedMs);
  };
}

/** A path holds names of services, and whatever a stranger writes: never a label itself. */
function routeOf(path: string): GatewayRoute {
  if (path === '/v1/alerts') return 'alerts';
  if (path === '/v1/incidents') return 'incidents';
  if (path.startsWith('/v1/runs/') || path.startsWith('/v1/services/')) return 'verbs';
  if (path === '/v1/indicators') return 'indicators';
  if (path === '/rollbacks' || path === '/v1/rollbacks') return 'rollbacks';
  if (path === '/status' || path.startsWith('/status/')) return 'status';
  return 'other';
}
