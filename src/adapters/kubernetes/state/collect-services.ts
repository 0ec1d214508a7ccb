import type { V1Pod, V1Service } from '@kubernetes/client-node';
import type { KubernetesTarget } from '../../../specs/kubernetes-target.ts';
import type { ClusterApi } from '../api/cluster-api.ts';
import { canaryNameOf, labels } from '../objects/names.ts';
import { ownSelector } from '../objects/pointing.ts';
import { selects } from '../objects/selectors.ts';
import { isBeingDeleted } from './pod-view.ts';
import type { ServiceObjects, Workload } from './service-objects.ts';

interface Around {
  service: string;
  target: KubernetesTarget;
  stable: Workload;
  canary?: Workload;
  pods: V1Pod[];
}

type Found = Pick<ServiceObjects, 'services' | 'unselective' | 'endpointSlices' | 'otherPods'>;

/** The Services that lead to stable's pods, and who else is behind them. */
export async function collectServices(api: ClusterApi, around: Around): Promise<Found> {
  const { service, target, stable } = around;
  const [all, slices] = await Promise.all([
    api.list('services', target.namespace),
    api.list('endpointslices', target.namespace),
  ]);
  const deployment = stable.deployment.metadata?.name ?? '';
  const canary = canaryNameOf(deployment);
  const users = all.filter(({ metadata }) => metadata?.labels?.[labels.track] === undefined);
  const podLabels = stable.deployment.spec?.template.metadata?.labels;
  const services = users.filter((one) => selects(ownSelector(one), podLabels));
  const names = [canary, ...services.map(nameOf)];
  const namesakes = [service, deployment, target.colours?.service];
  return {
    services,
    unselective: users.filter((one) => namesakes.includes(nameOf(one)) && hasNoSelector(one)),
    endpointSlices: slices.filter(({ metadata }) =>
      names.includes(metadata?.labels?.['kubernetes.io/service-name'] ?? ''),
    ),
    otherPods: otherPods(services, around),
  };
}

function hasNoSelector({ spec }: V1Service): boolean {
  return spec?.type === 'ExternalName' || Object.keys(spec?.selector ?? {}).length === 0;
}

function otherPods(services: V1Service[], { pods, stable, canary }: Around): V1Pod[] {
  const ours = new Set([...stable.pods, ...(canary?.pods ?? [])]);
  return pods.filter(
    (pod) =>
      !ours.has(pod) &&
      pod.metadata?.labels?.[labels.track] === undefined &&
      !isBeingDeleted(pod) &&
      !['Succeeded', 'Failed'].includes(pod.status?.phase ?? '') &&
      services.some((service) => selects(ownSelector(service), pod.metadata?.labels)),
  );
}

function nameOf({ metadata }: V1Service): string {
  return metadata?.name ?? '';
}
