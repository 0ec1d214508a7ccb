import type { V1Deployment, V1ObjectMeta, V1Pod, V1ReplicaSet } from '@kubernetes/client-node';
import type { KubernetesTarget } from '../../../specs/rollouts/kubernetes-target.ts';
import type { ClusterApi, Kind, ObjectByKind } from '../../kubernetes-api/cluster-api.ts';
import { canaryNameOf, canarySetNameOf, deploymentNameOf, labels } from '../objects/names.ts';
import { readRecord } from '../objects/record.ts';
import type { CanaryBeside, Workload } from './service-objects.ts';
import { inTemplateOrder } from './template-order.ts';
import { revisionOf } from './template-revision.ts';

interface Workloads {
  stable: Workload;
  canary?: CanaryBeside;
}

/** The user's Deployment and the canary, with their own objects. Undefined without the user's Deployment. */
export async function collectWorkloads(
  api: ClusterApi,
  service: string,
  target: KubernetesTarget,
): Promise<Workloads | undefined> {
  const { namespace } = target;
  const name = deploymentNameOf({ service }, target);
  const deployment = await api.get({ kind: 'deployments', namespace, name });
  if (deployment === undefined) return undefined;
  const canary = await collectCanary(api, deployment, { namespace, name });
  const stable = withoutCanary(await withItsOwn(api, deployment), canary);
  return { stable, ...(canary && { canary }) };
}

/** While a Deployment adopts it, it also controls the canary's ReplicaSet. */
function withoutCanary(stable: Workload, canary: CanaryBeside | undefined): Workload {
  const uid = canary?.workload.metadata?.uid;
  const replicaSets = stable.replicaSets.filter(({ metadata }) => metadata?.uid !== uid);
  if (replicaSets.length === stable.replicaSets.length) return stable;
  const pods = stable.pods.filter(({ metadata }) => isOwnedBy(metadata, replicaSets));
  return { ...stable, replicaSets, pods };
}

async function collectCanary(
  api: ClusterApi,
  { metadata }: V1Deployment,
  { namespace, name }: { namespace: string; name: string },
): Promise<CanaryBeside | undefined> {
  const canaryHash = readRecord(metadata)?.canaryHash;
  if (canaryHash === undefined) {
    const found = await api.get({ kind: 'deployments', namespace, name: canaryNameOf(name) });
    if (found?.metadata?.labels?.[labels.track] !== 'canary') return undefined;
    const { deployment, ...others } = await withItsOwn(api, found);
    return { workload: deployment, ...others };
  }
  const set = await api.get({
    kind: 'replicasets',
    namespace,
    name: canarySetNameOf(name, canaryHash),
  });
  if (set === undefined) return undefined;
  return {
    workload: set,
    replicaSets: [set],
    pods: podsOf(await controlledBy(api, 'pods', [set]), [set]),
  };
}

async function withItsOwn(api: ClusterApi, deployment: V1Deployment): Promise<Workload> {
  const replicaSets = await controlledBy(api, 'replicasets', [deployment]);
  return workloadOf(deployment, replicaSets, await controlledBy(api, 'pods', replicaSets));
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

/** A Deployment with those of these objects that it owns. */
export function workloadOf(
  deployment: V1Deployment,
  allReplicaSets: V1ReplicaSet[],
  allPods: V1Pod[],
): Workload {
  const replicaSets = allReplicaSets
    .filter((replicaSet) => isOwnedBy(replicaSet.metadata, [deployment]))
    .sort((one, other) => revisionOf(other) - revisionOf(one));
  return { deployment, replicaSets, pods: podsOf(allPods, replicaSets) };
}

function podsOf(all: V1Pod[], replicaSets: V1ReplicaSet[]): V1Pod[] {
  return all.flatMap((pod) => {
    const owner = replicaSets.find((one) => isOwnedBy(pod.metadata, [one]));
    return owner ? [inTemplateOrder(pod, owner.spec?.template)] : [];
  });
}

/** Whether one of these controls the object with this metadata. */
export function isOwnedBy(
  metadata: V1ObjectMeta | undefined,
  owners: { metadata?: V1ObjectMeta }[],
): boolean {
  const controller = metadata?.ownerReferences?.find((owner) => owner.controller);
  return controller !== undefined && owners.some((owner) => owner.metadata?.uid === controller.uid);
}
