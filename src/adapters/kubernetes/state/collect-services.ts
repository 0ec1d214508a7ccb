import type { V1Pod, V1Service } from '@kubernetes/client-node';
import type { KubernetesTarget } from '../../../specs/rollouts/kubernetes-target.ts';
import type { ClusterApi } from '../../kubernetes-api/cluster-api.ts';
import { canaryNameOf, labels } from '../objects/names.ts';
import { ownSelector } from '../objects/pointing.ts';
import { selects } from '../../kubernetes-api/objects/selectors.ts';
import { isOwnedBy } from './collect-workloads.ts';
import { isBeingDeleted } from '../../kubernetes-api/objects/pod-view.ts';
import type { CanaryBeside, ServiceObjects, Workload } from './service-objects.ts';

interface Around {
  service: string;
  target: KubernetesTarget;
  stable: Workload;
  canary?: CanaryBeside;
}

type Found = Pick<ServiceObjects, 'services' | 'unselective' | 'endpointSlices' | 'otherPods'>;

/** The Services that lead to stable's pods, and the other pods behind them. */
export async function collectServices(api: ClusterApi, around: Around): Promise<Found> {
  const { service, target, stable } = around;
  const all = await api.list('services', target.namespace);
  const deployment = stable.deployment.metadata?.name ?? '';
  const canary = canaryNameOf(deployment);
  const users = all.filter(({ metadata }) => metadata?.labels?.[labels.track] === undefined);
  const podLabels = stable.deployment.spec?.template.metadata?.labels;
  const services = users.filter((one) => selects(ownSelector(one), podLabels));
  const slices = [canary, ...services.map(nameOf)].map((name) =>
    api.list('endpointslices', target.namespace, { 'kubernetes.io/service-name': name }),
  );
  const namesakes = [service, deployment];
  return {
    services,
    unselective: users.filter((one) => namesakes.includes(nameOf(one)) && hasNoSelector(one)),
    endpointSlices: (await Promise.all(slices)).flat(),
    otherPods: await otherPods(api, services, around),
  };
}

function hasNoSelector({ spec }: V1Service): boolean {
  return spec?.type === 'ExternalName' || Object.keys(spec?.selector ?? {}).length === 0;
}

async function otherPods(
  api: ClusterApi,
  services: V1Service[],
  { target, stable, canary }: Around,
): Promise<V1Pod[]> {
  const ours = [...stable.replicaSets, ...(canary?.replicaSets ?? [])];
  const selected = await Promise.all(
    services.map((service) => api.list('pods', target.namespace, ownSelector(service))),
  );
  const others = [...new Set(selected.flat())].filter(
    (pod) =>
      !isOwnedBy(pod.metadata, ours) &&
      pod.metadata?.labels?.[labels.track] === undefined &&
      !isBeingDeleted(pod) &&
      !['Succeeded', 'Failed'].includes(pod.status?.phase ?? ''),
  );
  const ownersExist = await Promise.all(others.map((pod) => hasKnownOwner(api, pod)));
  return others.filter((_pod, index) => ownersExist[index]);
}

/** Pods and ReplicaSets are cached separately: a new pod may appear before its ReplicaSet. */
async function hasKnownOwner(api: ClusterApi, { metadata }: V1Pod): Promise<boolean> {
  const owner = metadata?.ownerReferences?.find(({ controller }) => controller);
  if (owner?.kind !== 'ReplicaSet') return true;
  const { namespace = '' } = metadata ?? {};
  return (await api.get({ kind: 'replicasets', namespace, name: owner.name })) !== undefined;
}

function nameOf({ metadata }: V1Service): string {
  return metadata?.name ?? '';
}
