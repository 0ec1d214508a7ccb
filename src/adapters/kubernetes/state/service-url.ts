import type { V1Service, V1ServicePort } from '@kubernetes/client-node';
import type { ServiceObjects } from './service-objects.ts';

type Around = Pick<ServiceObjects, 'service' | 'services' | 'target' | 'stable' | 'route'>;

/**
 * The address of the service for clients in the cluster. Absent if several Services lead to its pods and
 * none takes precedence, or if it is unclear which port to use.
 */
export function urlOf(around: Around): string | undefined {
  const service = callersService(around);
  const port = service && callersPort(service, around);
  if (!service || port === undefined) return undefined;
  const scheme = isSecure(port) ? 'https' : 'http';
  const isDefault = port.port === (isSecure(port) ? 443 : 80);
  const host = `${service.metadata?.name ?? ''}.${around.target.namespace}.svc`;
  return `${scheme}://${host}${isDefault ? '' : `:${port.port}`}`;
}

/** The Service that the route leads to, or else the one with the name of the service or the Deployment. */
function callersService({ service, services, stable, route }: Around): V1Service | undefined {
  const names = [route?.service, service, stable.deployment.metadata?.name];
  const named = names.flatMap(
    (name) => services.find(({ metadata }) => name !== undefined && metadata?.name === name) ?? [],
  );
  const withPorts = services.filter(({ spec }) => (spec?.ports ?? []).length > 0);
  return named[0] ?? (withPorts.length === 1 ? withPorts[0] : undefined);
}

function callersPort({ spec }: V1Service, around: Around): V1ServicePort | undefined {
  const ports = (spec?.ports ?? []).filter(({ protocol = 'TCP' }) => protocol === 'TCP');
  const only = ports.length === 1 ? ports[0] : undefined;
  return (
    only ??
    ports.find((port) => leadsToTarget(port, around)) ??
    ports.find(({ name, appProtocol }) => name === 'http' || appProtocol === 'http') ??
    ports.find(({ port }) => port === 80)
  );
}

/** Whether it leads to the container port that the target names. */
function leadsToTarget({ port, targetPort = port }: V1ServicePort, around: Around): boolean {
  const wanted = around.target.port;
  if (wanted === undefined) return false;
  if (typeof targetPort === 'number') return targetPort === wanted;
  const containers = around.stable.deployment.spec?.template.spec?.containers ?? [];
  return containers.some((container) =>
    container.ports?.some(
      ({ name, containerPort }) => name === targetPort && containerPort === wanted,
    ),
  );
}

function isSecure({ port, name, appProtocol }: V1ServicePort): boolean {
  if (appProtocol !== undefined) return appProtocol === 'https';
  return name === 'https' || port === 443;
}
