import { titleOf } from '../../kubernetes-api/dynamic/api-resource.ts';
import type { RestorePlan } from './plan-restore.ts';

/** What of a plan is outside the namespaces of the agent's settings: a set may have more than the call names. */
export function refuseTargets(
  { objects, namespaces }: Pick<RestorePlan, 'objects' | 'namespaces'>,
  allowed: readonly string[],
): string[] {
  const made = namespaces.map(({ object }) => object.metadata.name);
  const isOutside = (namespace: string | undefined) =>
    namespace === undefined || !allowed.includes(namespace);
  return [
    ...made.filter(isOutside).map((name) => `Namespace ${name}`),
    ...objects
      .filter(({ object }) => isOutside(object.metadata.namespace))
      .map(({ resource, object: { metadata } }) =>
        titleOf(resource, metadata.namespace, metadata.name),
      ),
  ].map((title) => `${title} is outside the namespaces of the agent’s settings`);
}
