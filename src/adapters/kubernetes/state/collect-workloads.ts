import type { V1Deployment, V1ObjectMeta, V1Pod, V1ReplicaSet } from '@kubernetes/client-node';
import type { KubernetesTarget } from '../../../specs/rollouts/kubernetes-target.ts';
import type { ClusterApi, Kind, ObjectByKind } from '../../kubernetes-api/cluster-api.ts';
import { canaryNameOf, deploymentNameOf } from '../objects/names.ts';
import type { Workload } from './service-objects.ts';
import { inTemplateOrder } from './template-order.ts';
import { revisionOf } from './template-revision.ts';

interface Workloads {
  stable: Workload;
  canary?: Workload;
}

/** Both Deployments of a service with their own objects. Undefined without the user's Deployment. */
export async function collectWorkloads(
  api: ClusterApi,
  service: string,
  target: KubernetesTarget,
): Promise<Workloads | undefined> {
  const pair = await beside(api, service, target);
  if (!pair.stable) return undefined;
  const deployments = [pair.stable, ...(pair.canary ? [pair.canary] : [])];
  const replicaSets = await controlledBy(api, 'replicasets', deployments);
  const pods = await controlledBy(api, 'pods', replicaSets);
  const owned = (deployment: V1Deployment) => workloadOf(deployment, replicaSets, pods);
  return {
    stable: owned(pair.stable),
    ...(pair.canary && { canary: owned(pair.canary) }),
  };
}

async function controlledBy<K extends Kind>(
  api: ClusterApi,
  kind: K,
  owners: { metadata?: V1ObjectMeta }[],
): Promise<ObjectByKind[K][]> {
  const all = await Promise.all(
    owners.map(({ metadata: { namespace = '', uid = '' } = {} }) =>
      api.controlledBy(kind, namespace, uid),
    ),
  );
  return all.flat();
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

/** A Deployment with those of these objects that it owns. */
export function workloadOf(
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
    pods: allPods.flatMap((pod) => {
      const owner = replicaSets.find((one) => isOwnedBy(pod.metadata, [one]));
      return owner ? [inTemplateOrder(pod, owner.spec?.template)] : [];
    }),
  };
}

/** Whether one of these controls the object with this metadata. */
export function isOwnedBy(
  metadata: V1ObjectMeta | undefined,
  owners: { metadata?: V1ObjectMeta }[],
): boolean {
  const controller = metadata?.ownerReferences?.find((owner) => owner.controller);
  return controller !== undefined && owners.some((owner) => owner.metadata?.uid === controller.uid);
}
