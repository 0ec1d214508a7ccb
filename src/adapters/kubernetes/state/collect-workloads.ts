import type { V1Deployment, V1ObjectMeta, V1Pod, V1ReplicaSet } from '@kubernetes/client-node';
import type { ColoursSpec, KubernetesTarget } from '../../../specs/kubernetes-target.ts';
import type { ClusterApi } from '../api/cluster-api.ts';
import { annotations, canaryNameOf, deploymentNameOf } from '../objects/names.ts';
import { ownSelector } from '../objects/pointing.ts';
import { selects } from '../objects/selectors.ts';
import type { Workload } from './service-objects.ts';
import { revisionOf } from './template-revision.ts';

interface Workloads {
  stable: Workload;
  canary?: Workload;
  /** All of the namespace. */
  pods: V1Pod[];
}

/** Both Deployments of a service with what they own. Undefined without the user's. */
export async function collectWorkloads(
  api: ClusterApi,
  service: string,
  target: KubernetesTarget,
): Promise<Workloads | undefined> {
  const { namespace } = target;
  const [pair, replicaSets, pods] = await Promise.all([
    target.colours ? liveAndIdle(api, namespace, target.colours) : beside(api, service, target),
    api.list('replicasets', namespace),
    api.list('pods', namespace),
  ]);
  if (!pair.stable) return undefined;
  const owned = (deployment: V1Deployment) => workloadOf(deployment, replicaSets, pods);
  return {
    stable: owned(pair.stable),
    ...(pair.canary && { canary: owned(pair.canary) }),
    pods,
  };
}

interface Pair {
  stable: V1Deployment | undefined;
  canary: V1Deployment | undefined;
}

async function beside(api: ClusterApi, service: string, target: KubernetesTarget): Promise<Pair> {
  const { namespace } = target;
  const name = deploymentNameOf({ service }, target);
  const [stable, canary] = await Promise.all([
    api.get({ kind: 'deployments', namespace, name }),
    api.get({ kind: 'deployments', namespace, name: canaryNameOf(name) }),
  ]);
  return { stable, canary };
}

/** The colour that a rollout holds, or else the one that the Service selects, is stable. */
async function liveAndIdle(
  api: ClusterApi,
  namespace: string,
  { blue, green, service }: ColoursSpec,
): Promise<Pair> {
  const [one, other, chooser] = await Promise.all([
    api.get({ kind: 'deployments', namespace, name: blue }),
    api.get({ kind: 'deployments', namespace, name: green }),
    api.get({ kind: 'services', namespace, name: service }),
  ]);
  const isHeld = (deployment?: V1Deployment) =>
    deployment?.metadata?.annotations?.[annotations.rollout] !== undefined;
  const isSelected = (deployment?: V1Deployment) =>
    chooser !== undefined &&
    selects(ownSelector(chooser), deployment?.spec?.template.metadata?.labels);
  const isOtherLive = isHeld(other) || (!isHeld(one) && isSelected(other) && !isSelected(one));
  return isOtherLive ? { stable: other, canary: one } : { stable: one, canary: other };
}

function workloadOf(
  deployment: V1Deployment,
  allReplicaSets: V1ReplicaSet[],
  allPods: V1Pod[],
): Workload {
  const replicaSets = allReplicaSets
    .filter((replicaSet) => isOwnedBy(replicaSet.metadata, [deployment]))
    .sort((one, other) => revisionOf(other) - revisionOf(one));
  return {
    deployment,
    replicaSets,
    pods: allPods.filter((pod) => isOwnedBy(pod.metadata, replicaSets)),
  };
}

function isOwnedBy(metadata: V1ObjectMeta | undefined, owners: { metadata?: V1ObjectMeta }[]) {
  const controller = metadata?.ownerReferences?.find((owner) => owner.controller);
  return controller !== undefined && owners.some((owner) => owner.metadata?.uid === controller.uid);
}
