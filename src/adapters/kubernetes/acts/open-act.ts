import type { Fence } from '../../../contracts/kernel/fence.ts';
import { rolloutWorkflowId } from '../../../kinds/locks.ts';
import type { ServiceRef } from '../../../contracts/rollouts/platform.ts';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type { KubernetesTarget } from '../../../specs/rollouts/kubernetes-target.ts';
import type { ClusterApi } from '../../kubernetes-api/cluster-api.ts';
import { canaryNameOf, deploymentNameOf, labels, createdLabels } from '../objects/names.ts';
import { createRouter } from '../routing/create-router.ts';
import type { Act, Surroundings } from './act.ts';
import { servicesOf } from './services.ts';

/** Everything that an act on this service works with. */
export async function openAct(
  api: ClusterApi,
  { environment, service, target }: ServiceRef,
  fence: Fence,
  surroundings: Surroundings,
): Promise<Act> {
  const { namespace } = requireKubernetes(target);
  const name = deploymentNameOf({ service }, requireKubernetes(target));
  const act: Act = {
    api,
    ref: { environment, service },
    target: requireKubernetes(target),
    fence,
    ...surroundings,
    stable: { kind: 'deployments', namespace, name },
  };
  const router = createRouter(act.target.router, {
    api,
    namespace,
    services: act.target.router ? await serviceNames(act) : [],
    canary: canaryNameOf(name),
    labels: { ...createdLabels(act, rolloutWorkflowId(act.ref)), [labels.track]: 'canary' },
  });
  return router ? { ...act, router } : act;
}

export function requireKubernetes(target: ServiceRef['target']): KubernetesTarget {
  if (target.platform === 'kubernetes') return target;
  throw new PlatformError('invalid', `a target on ${target.platform} is not on Kubernetes`);
}

async function serviceNames(act: Act): Promise<string[]> {
  const deployment = await act.api.get(act.stable);
  if (deployment === undefined) return [];
  const services = await servicesOf(act, { deployment });
  return services.map(({ metadata }) => metadata?.name ?? '');
}
