import type { V1Service } from '@kubernetes/client-node';
import type { ServiceObjects } from './service-objects.ts';

/** A container port by its number, or by its name in the template. */
export type PortRef = number | string;

type Around = Pick<ServiceObjects, 'service' | 'target' | 'services'> & {
  route?: { service?: string };
};

/**
 * The container ports that clients reach: the one that the target names, or those that the Service leads
 * to. The Service is the route's, the one with the name of the service, or any.
 */
export function servedPorts({ service, target, services, route }: Around): PortRef[] {
  if (target.port !== undefined) return [target.port];
  const main = [route?.service, service, target.deployment]
    .flatMap((name) => services.find(({ metadata }) => metadata?.name === name) ?? [])
    .slice(0, 1);
  return (main.length > 0 ? main : services).flatMap(targetPorts);
}

function targetPorts({ spec }: V1Service): PortRef[] {
  return (spec?.ports ?? [])
    .filter(({ protocol = 'TCP' }) => protocol === 'TCP')
    .map(({ port, targetPort }) => targetPort ?? port);
}
