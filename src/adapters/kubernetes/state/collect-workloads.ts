import type { V1Deployment, V1ObjectMeta, V1Pod, V1ReplicaSet } from '@kubernetes/client-node';
import type { ColoursSpec, KubernetesTarget } from '../../../specs/kubernetes-target.ts';
import type { ClusterApi, Kind, ObjectByKind } from '../api/cluster-api.ts';
import { annotations, canaryNameOf, deploymentNameOf } from '../objects/names.ts';
import { ownSelector } from '../objects/pointing.ts';
import { selects } from '../objects/selectors.ts';
import type { Workload } from './service-objects.ts';
import { revisionOf } from './template-revision.ts';

interface Workloads {
  stable: Workload;
  canary?: Workload;
}

/** Both Deployments of a service with what they own. Undefined without the user's. */
export async function collectWorkloads(
  api: ClusterApi,
  service: string,
  target: KubernetesTarget,
): Promise<Workloads | undefined> {
  const { namespace } = target;
  const pair = target.colours
    ? await liveAndIdle(api, namespace, target.colours)
    : await beside(api, service, target);
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
