import type { Kind } from './cluster-api.ts';

/** The path of a kind in the API, and its names. */
export interface Resource {
  /** Empty for the core group. */
  group: string;
  version: string;
  /** The `kind` of an object. */
  singular: string;
  /** Its objects belong to the cluster, not to a namespace. */
  isClusterScoped?: true;
}

const gateway = { group: 'gateway.networking.k8s.io', version: 'v1' };
const istio = { group: 'networking.istio.io', version: 'v1' };

export const resources: Record<Kind, Resource> = {
  deployments: { group: 'apps', version: 'v1', singular: 'Deployment' },
  replicasets: { group: 'apps', version: 'v1', singular: 'ReplicaSet' },
  controllerrevisions: { group: 'apps', version: 'v1', singular: 'ControllerRevision' },
  pods: { group: '', version: 'v1', singular: 'Pod' },
  services: { group: '', version: 'v1', singular: 'Service' },
  endpointslices: { group: 'discovery.k8s.io', version: 'v1', singular: 'EndpointSlice' },
  horizontalpodautoscalers: {
    group: 'autoscaling',
    version: 'v2',
    singular: 'HorizontalPodAutoscaler',
  },
  poddisruptionbudgets: { group: 'policy', version: 'v1', singular: 'PodDisruptionBudget' },
  resourcequotas: { group: '', version: 'v1', singular: 'ResourceQuota' },
  persistentvolumeclaims: { group: '', version: 'v1', singular: 'PersistentVolumeClaim' },
  ingresses: { group: 'networking.k8s.io', version: 'v1', singular: 'Ingress' },
  ingressclasses: {
    group: 'networking.k8s.io',
    version: 'v1',
    singular: 'IngressClass',
    isClusterScoped: true,
  },
  httproutes: { ...gateway, singular: 'HTTPRoute' },
  virtualservices: { ...istio, singular: 'VirtualService' },
  destinationrules: { ...istio, singular: 'DestinationRule' },
};

export interface Address {
  kind: Kind;
  /** Absent: all of them. */
  namespace?: string | undefined;
  /** Absent: the collection. */
  name?: string | undefined;
}

export function apiVersion({ group, version }: Resource): string {
  return group === '' ? version : `${group}/${version}`;
}

export function pathOf({ kind, namespace, name }: Address): string {
  const resource = resources[kind];
  const parts = [resource.group === '' ? 'api' : 'apis', apiVersion(resource)];
  if (namespace !== undefined) parts.push('namespaces', encodeURIComponent(namespace));
  parts.push(kind);
  if (name !== undefined) parts.push(encodeURIComponent(name));
  return `/${parts.join('/')}`;
}

/** The namespace in which a kind's objects are; undefined for the whole cluster. */
export function scopeOf(kind: Kind, namespace: string): string | undefined {
  return resources[kind].isClusterScoped ? undefined : namespace;
}

/** Whether the kind belongs to a definition that someone has to install. */
export function isCustom(kind: Kind): boolean {
  return [gateway.group, istio.group].includes(resources[kind].group);
}

/** "deployments shop/web", "pods in namespace shop", "services in all namespaces". */
export function inWords({ kind, namespace, name }: Address): string {
  if (name !== undefined) return `${kind} ${namespace ?? ''}/${name}`;
  if (resources[kind].isClusterScoped) return `${kind} of the cluster`;
  return `${kind} in ${namespace === undefined ? 'all namespaces' : `namespace ${namespace}`}`;
}
