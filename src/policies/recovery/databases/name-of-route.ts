import type { ServiceRoute } from '../../../specs/recovery/service-route.ts';

type Named = { agent: string; router: string } | ServiceRoute;

export function nameOfRoute(route: Named): string {
  if ('router' in route) return `${route.agent}/${route.router}`;
  const { context, namespace, service } = route;
  const place = context === undefined ? '' : ` of ${context}`;
  return `service/${namespace}/${service}${place}`;
}

/** Who leads it: an agent, or the cluster whose API server workers ask. */
export function leaderOf(route: Named): string {
  if ('router' in route) return route.agent;
  return route.context ?? 'Kubernetes';
}
