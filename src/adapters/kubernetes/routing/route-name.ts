import type { RouterSpec } from '../../../specs/rollouts/kubernetes-target.ts';

/** A name for messages: what divides a service's traffic. */
export function routeName(router: RouterSpec | undefined): string {
  if (router === undefined) return 'replica ratio';
  if ('nginx' in router) return `Ingress ${router.nginx.ingress}`;
  if ('istio' in router) return `VirtualService ${router.istio.virtualService}`;
  return `HTTPRoute ${router.gatewayApi.route}`;
}
