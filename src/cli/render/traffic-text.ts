import type { DeploymentOfAnyKind } from '../../policies/rollouts/plan.ts';
import { isInPlace } from '../../render/rollouts/kind-words.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import type { RouterSpec } from '../../specs/rollouts/kubernetes-target.ts';

/** What brings the callers to the new release. */
export function trafficText({ kind, target }: DeploymentOfAnyKind): string {
  if (target.platform === 'local') return "by the platform's own router";
  if (isInPlace(kind)) return 'by the Service, to whichever pods are ready';
  if (target.colours) return `by the selector of Service ${target.colours.service}`;
  if (target.router) return routerText(target.router);
  return kind === 'blueGreen'
    ? 'by the selectors of the Services'
    : 'by replica ratio: the nearest split that the replicas allow';
}

function routerText(router: RouterSpec): string {
  const settled = (name: string, { settleMs }: { settleMs: number }) =>
    `by ${name}, which has ${formatDuration(settleMs)} to settle`;
  if ('gatewayApi' in router) {
    return settled(`HTTPRoute ${router.gatewayApi.route}`, router.gatewayApi);
  }
  if ('nginx' in router) return settled(`Ingress ${router.nginx.ingress}`, router.nginx);
  return settled(`VirtualService ${router.istio.virtualService}`, router.istio);
}
