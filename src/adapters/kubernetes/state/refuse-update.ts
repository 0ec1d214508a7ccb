import type { V1ReplicaSet } from '@kubernetes/client-node';
import { changedJustNow } from '../objects/passing-reason.ts';
import { deploymentTrouble } from '../../kubernetes-api/objects/deployment-trouble.ts';
import type { Workload } from './service-objects.ts';
import { currentReplicaSet } from './template-revision.ts';

/**
 * Why this Deployment cannot be claimed now: it is being deleted, or someone else's update of it is in
 * progress. Pods that are unready or crash are not a reason: it must be possible to replace a bad stable.
 */
export function updateRefusals(workload: Workload): string[] {
  const { metadata, spec } = workload.deployment;
  const reasons = restRefusals(workload);
  if (spec?.replicas !== 0 || metadata?.deletionTimestamp !== undefined) return reasons;
  return [...reasons, `Deployment ${metadata?.name ?? ''} is scaled to 0; scale it up first`];
}

/** The same for a Deployment that may be scaled to 0. */
export function restRefusals(workload: Workload): string[] {
  const { metadata, status } = workload.deployment;
  const name = `Deployment ${metadata?.name ?? ''}`;
  if (metadata?.deletionTimestamp !== undefined) {
    return [`${name} is being deleted; apply it again once it is gone`];
  }
  const isObserved = (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0);
  const reasons = isObserved ? runningUpdate(workload, name) : [`${name} ${changedJustNow}`];
  return [...reasons, ...goingNamespace(workload)];
}

function runningUpdate({ deployment, replicaSets }: Workload, name: string): string[] {
  const current = currentReplicaSet(deployment, replicaSets);
  const others = replicaSets.filter((replicaSet) => replicaSet !== current && isLive(replicaSet));
  if (deployment.spec?.paused && (!current || others.length > 0)) {
    return [
      `${name} is paused in the middle of an update; resume it and wait until it is complete, or undo the edit of its template`,
    ];
  }
  if (others.length === 0) return current ? [] : [`${name} ${changedJustNow}`];
  const names = others.map(({ metadata }) => metadata?.name ?? '').join(', ');
  return [
    `an update of ${name} is under way: ${names} still has pods; ` +
      'wait for it (`kubectl rollout status`) or undo it (`kubectl rollout undo`)',
  ];
}

function isLive({ spec, status }: V1ReplicaSet): boolean {
  return (spec?.replicas ?? 0) > 0 || (status?.replicas ?? 0) > 0;
}

function goingNamespace({ deployment, replicaSets }: Workload): string[] {
  const trouble = deploymentTrouble(deployment, replicaSets) ?? '';
  if (!trouble.includes('the namespace is being deleted')) return [];
  return [`namespace ${deployment.metadata?.namespace ?? ''} is being deleted; choose another`];
}
