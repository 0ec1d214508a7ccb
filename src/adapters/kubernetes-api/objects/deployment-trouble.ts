import type { V1Deployment, V1ReplicaSet } from '@kubernetes/client-node';
import { oneLine } from './one-line.ts';

/**
 * Why a Deployment does not get its pods: the pods are refused (quota, an admission policy, a
 * namespace that is being deleted), or there is no progress within its deadline.
 */
export function deploymentTrouble(
  deployment: V1Deployment,
  replicaSets: V1ReplicaSet[],
): string | undefined {
  const name = deployment.metadata?.name ?? '';
  if (deployment.metadata?.deletionTimestamp !== undefined) {
    return `Deployment ${name} is being deleted`;
  }
  const [refusedPods] = replicaSets
    .filter(({ spec }) => (spec?.replicas ?? 0) > 0)
    .flatMap((replicaSet) => creationTrouble(replicaSet) ?? []);
  return refusedPods ?? deadlineTrouble(deployment, name);
}

/** Why a ReplicaSet does not get its pods. */
export function replicaSetTrouble(replicaSet: V1ReplicaSet): string | undefined {
  const { metadata } = replicaSet;
  return metadata?.deletionTimestamp === undefined
    ? creationTrouble(replicaSet)
    : `ReplicaSet ${metadata.name ?? ''} is being deleted`;
}

function creationTrouble({ metadata, status }: V1ReplicaSet): string | undefined {
  const failure = status?.conditions?.find(
    ({ type, status: holds }) => type === 'ReplicaFailure' && holds === 'True',
  );
  if (!failure) return undefined;
  const { reason = 'ReplicaFailure', message = '' } = failure;
  const cause = knownCause(message) ?? reason;
  return `ReplicaSet ${metadata?.name ?? ''} cannot create pods: ${cause}: ${oneLine(message)}`;
}

function knownCause(message: string): string | undefined {
  if (message.includes('because it is being terminated')) return 'the namespace is being deleted';
  if (message.includes('exceeded quota') || message.includes('failed quota')) {
    return 'quota exceeded';
  }
  return undefined;
}

function deadlineTrouble({ status }: V1Deployment, name: string): string | undefined {
  const progressing = status?.conditions?.find(({ type }) => type === 'Progressing');
  if (progressing?.reason !== 'ProgressDeadlineExceeded') return undefined;
  return `Deployment ${name}: ProgressDeadlineExceeded: ${oneLine(progressing.message ?? '')}`;
}
