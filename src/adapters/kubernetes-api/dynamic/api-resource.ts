/** A kind of object that an API server has, whatever it is. */
export interface ApiResource {
  /** Empty for the core group. */
  group: string;
  version: string;
  /** In the path of a request, such as `deployments`. */
  plural: string;
  /** Such as `Deployment`. */
  kind: string;
  isNamespaced: boolean;
  verbs: readonly string[];
}

export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMetadata;
  [field: string]: unknown;
}

export interface ObjectMetadata {
  name: string;
  namespace?: string;
  uid?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: { kind: string; name: string; controller?: boolean }[];
  deletionTimestamp?: string;
  [field: string]: unknown;
}

export function versionOf({ group, version }: Pick<ApiResource, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`;
}

export function pathOfResource(
  resource: ApiResource,
  namespace: string | undefined,
  name?: string,
): string {
  const parts = [resource.group === '' ? 'api' : 'apis', versionOf(resource)];
  if (resource.isNamespaced && namespace !== undefined) {
    parts.push('namespaces', encodeURIComponent(namespace));
  }
  parts.push(resource.plural);
  if (name !== undefined) parts.push(encodeURIComponent(name));
  return `/${parts.join('/')}`;
}

/** Such as `Deployment shop/web`, or `Widget.example.com shop/one`. */
export function titleOf(
  { group, kind }: Pick<ApiResource, 'group' | 'kind'>,
  namespace: string | undefined,
  name: string,
): string {
  const isOwn = group.includes('.') && !group.endsWith('.k8s.io');
  const title = isOwn ? `${kind}.${group}` : kind;
  return `${title} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}
