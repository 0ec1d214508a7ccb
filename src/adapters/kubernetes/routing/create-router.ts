import type { RouterSpec } from '../../../specs/rollouts/kubernetes-target.ts';
import { httpRoutes } from './http-route.ts';
import { createNginxRouter } from './nginx.ts';
import type { RouteContext, Router } from './router.ts';
import { createRuleRouter } from './rule-router.ts';
import { virtualServices } from './virtual-service.ts';

/** The router that a target names; none for replica ratio. */
export function createRouter(
  spec: RouterSpec | undefined,
  context: RouteContext,
): Router | undefined {
  if (spec === undefined) return undefined;
  if ('nginx' in spec) return createNginxRouter(spec.nginx, context);
  if ('istio' in spec) {
    const { virtualService, settleMs } = spec.istio;
    return createRuleRouter(virtualServices, { name: virtualService, settleMs }, context);
  }
  const { route, settleMs } = spec.gatewayApi;
  return createRuleRouter(httpRoutes, { name: route, settleMs }, context);
}
