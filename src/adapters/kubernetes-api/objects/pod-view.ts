import type { V1Pod, V1PodCondition } from '@kubernetes/client-node';

/** Whether this pod takes requests: it is ready and not being deleted. */
export function isReady(pod: V1Pod): boolean {
  return !isBeingDeleted(pod) && conditionOf(pod, 'Ready')?.status === 'True';
}

/** When it became ready, in milliseconds since the epoch; 0 if unknown. */
export function readySinceMs(pod: V1Pod): number {
  return Number(conditionOf(pod, 'Ready')?.lastTransitionTime ?? 0);
}

export function isBeingDeleted({ metadata }: V1Pod): boolean {
  return metadata?.deletionTimestamp !== undefined;
}

/** The restarts of all its containers. */
export function restartsOf({ status }: V1Pod): number {
  const statuses = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  return statuses.reduce((sum, { restartCount }) => sum + restartCount, 0);
}

export function conditionOf({ status }: V1Pod, type: string): V1PodCondition | undefined {
  return status?.conditions?.find((condition) => condition.type === type);
}
