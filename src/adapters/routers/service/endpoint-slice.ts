import type { NodeAddress } from '../../../contracts/recovery/database-node.ts';
import type { ServiceCall } from '../../../contracts/recovery/service-routes.ts';
import type { ApiResource, KubernetesObject } from '../../kubernetes-api/dynamic/api-resource.ts';
import type { PlaybookCluster } from '../../playbooks/kubernetes/cluster.ts';
import { resourceNamed, type NamedObject } from '../../playbooks/kubernetes/object-name.ts';
import { at } from '../../playbooks/kubernetes/workload.ts';

const slices: ApiResource = {
  ...{ group: 'discovery.k8s.io', version: 'v1', kind: 'EndpointSlice' },
  ...{ plural: 'endpointslices', isNamespaced: true, verbs: [] },
};

/** Kubernetes leaves a slice alone that somebody else manages by its own account. */
export const managedBy = 'endpointslice.kubernetes.io/managed-by';
export const belay = 'belay.dev';
const ofService = 'kubernetes.io/service-name';

/** A Service, and everything by which its clients are led. */
export interface ShownService {
  service: KubernetesObject;
  slices: KubernetesObject[];
}

export async function readService(
  cluster: PlaybookCluster,
  { namespace, service }: ServiceCall,
): Promise<ShownService> {
  const object = { resource: resourceNamed('service'), namespace, name: service };
  const labelSelector = `${ofService}=${service}`;
  const [read, listed] = await Promise.all([
    cluster.get(object),
    cluster.list(slices, namespace, { labelSelector }),
  ]);
  return { service: read, slices: listed };
}

export function nameSlice({ namespace }: ServiceCall, slice: KubernetesObject): NamedObject {
  return { resource: slices, namespace, name: slice.metadata.name };
}

export function managerOf({ metadata: { labels = {} } }: KubernetesObject): string {
  return labels[managedBy] ?? 'nobody';
}

/** The slice that Belay leads. Undefined: there is none, or more than one. */
export function ownSlice({ slices: all }: ShownService): KubernetesObject | undefined {
  const own = all.filter((slice) => managerOf(slice) === belay);
  return own.length === 1 ? own[0] : undefined;
}

export interface SlicePort {
  name: string;
  protocol: string;
  port: number | undefined;
}

export function portsOf(holder: unknown, ...path: string[]): SlicePort[] {
  return listAt(holder, ...path, 'ports').map((port) => {
    const [name, protocol, number] = ['name', 'protocol', 'port'].map((key) => at(port, key));
    return {
      name: typeof name === 'string' ? name : '',
      protocol: typeof protocol === 'string' ? protocol : 'TCP',
      port: typeof number === 'number' ? number : undefined,
    };
  });
}

export function listAt(holder: unknown, ...path: string[]): unknown[] {
  const found = at(holder, ...path);
  return Array.isArray(found) ? found : [];
}

/** Where clients are led: only where it is one address and one port. */
export function addressOf(slice: KubernetesObject): NodeAddress | undefined {
  const [endpoint, ...others] = listAt(slice, 'endpoints');
  const [host, ...more] = listAt(endpoint, 'addresses');
  const [first, ...rest] = portsOf(slice);
  const isOne = others.length === 0 && more.length === 0 && rest.length === 0;
  if (!isOne || typeof host !== 'string' || first?.port === undefined) return undefined;
  return { host, port: first.port };
}
