import type { StoredObject } from '../objects/stored-object.ts';

/** What others need comes first; what starts something comes last. */
const order = [
  ...['Namespace', 'LimitRange', 'ResourceQuota', 'NetworkPolicy', 'ServiceAccount', 'Secret'],
  ...['ConfigMap', 'PersistentVolumeClaim', 'Role', 'RoleBinding', 'Service', 'Endpoints'],
  'EndpointSlice',
];
const last = [
  ...['Pod', 'ReplicaSet', 'ReplicationController', 'Deployment', 'StatefulSet', 'DaemonSet'],
  ...['PodDisruptionBudget', 'HorizontalPodAutoscaler', 'Job', 'CronJob', 'Ingress', 'Gateway'],
  ...['HTTPRoute', 'GRPCRoute', 'TLSRoute'],
];

export function inOrder(stored: readonly StoredObject[]): StoredObject[] {
  return stored.toSorted((one, other) => rankOf(one) - rankOf(other) || compare(one, other));
}

/** Objects of other kinds come after what they may name, and before what runs. */
function rankOf({ resource: { kind } }: StoredObject): number {
  const first = order.indexOf(kind);
  if (first !== -1) return first;
  const late = last.indexOf(kind);
  return late === -1 ? order.length : order.length + 1 + late;
}

function compare({ object: one }: StoredObject, { object: other }: StoredObject): number {
  return one.metadata.name.localeCompare(other.metadata.name);
}
