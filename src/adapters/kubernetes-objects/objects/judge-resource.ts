import type { ApiResource } from '../../kubernetes-api/dynamic/api-resource.ts';

/** Groups whose objects are measurements or notes of the cluster itself. */
const passingGroups = ['events.k8s.io', 'coordination.k8s.io', 'metrics.k8s.io'];

/** Kinds that the cluster makes for itself. */
const passing = [
  'events',
  'bindings',
  'csistoragecapacities',
  'controllerrevisions',
  'podtemplates',
];

export function isPassingGroup(group: string): boolean {
  return passingGroups.includes(group) || group.endsWith('.metrics.k8s.io');
}

/** Whether its objects can be read and applied again, and are anybody's but the cluster's. */
export function isKept({ group, plural, isNamespaced, verbs }: ApiResource): boolean {
  const canAll = ['list', 'get', 'create', 'patch'].every((verb) => verbs.includes(verb));
  return isNamespaced && canAll && !passing.includes(plural) && !isPassingGroup(group);
}
