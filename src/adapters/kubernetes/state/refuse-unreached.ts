import type { V1Pod, V1Service } from '@kubernetes/client-node';
import { isReady } from '../../kubernetes-api/objects/pod-view.ts';
import { notAnsweredYet } from '../objects/passing-reason.ts';
import type { ServiceObjects } from './service-objects.ts';
import { servingPods } from './serving-pods.ts';

/**
 * The Service that the route leads to, or every Service where there is no route, reaches none of stable's
 * ready pods: a canary's copy of it would not reach its pods either.
 */
export function unreachedRefusals(objects: ServiceObjects): string[] {
  const { stable, services, route } = objects;
  const ready = stable.pods.filter(isReady);
  const leading = services.filter(
    ({ metadata }) => route?.service === undefined || metadata?.name === route.service,
  );
  if (ready.length === 0) return [];
  const reasons = leading.flatMap((service) => reasonOf(service, ready, objects) ?? []);
  return reasons.length === leading.length ? reasons : [];
}

function reasonOf(
  { metadata, spec }: V1Service,
  ready: readonly V1Pod[],
  { stable, endpointSlices }: ServiceObjects,
): string | undefined {
  const name = metadata?.name ?? '';
  const what = `Service ${name} reaches none of the ready pods of Deployment ${stable.deployment.metadata?.name ?? ''}`;
  const ports = spec?.ports ?? [];
  const names = ports
    .map(({ targetPort }) => targetPort)
    .filter((port) => typeof port === 'string');
  const isNamed = names.length > 0 && names.length === ports.length;
  if (isNamed && !ready.some((pod) => names.some((port) => hasPort(pod, port)))) {
    return `${what}: no container has a port named ${names.join(' or ')}; name it in the pod template, or write its number as targetPort`;
  }
  const serving = servingPods(endpointSlices, [name]);
  if (ready.some((pod) => serving.has(pod.metadata?.name ?? ''))) return undefined;
  return `${what}: it has none of them as endpoints, so its controller ${notAnsweredYet}`;
}

function hasPort({ spec }: V1Pod, name: string): boolean {
  const containers = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
  return containers.some(({ ports }) => ports?.some((port) => port.name === name));
}
