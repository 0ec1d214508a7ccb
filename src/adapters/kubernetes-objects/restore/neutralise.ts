import type { KubernetesObject } from '../../kubernetes-api/dynamic/api-resource.ts';
import type { StoredObject } from '../objects/stored-object.ts';

/**
 * What a drill restores: kinds of Kubernetes itself that have no effect outside of their namespace.
 * A controller may make anything of a custom one, such as a name, a certificate or a deployment.
 */
const harmless: Readonly<Record<string, readonly string[]>> = {
  '': ['*'],
  apps: ['*'],
  batch: ['*'],
  autoscaling: ['*'],
  policy: ['*'],
  'rbac.authorization.k8s.io': ['*'],
  'discovery.k8s.io': ['*'],
  'networking.k8s.io': ['NetworkPolicy'],
};

const outward = /^external-dns\.|^external-dns\.alpha\.kubernetes\.io\/|\.external-dns\./;

type Fields = Record<string, unknown>;

/** The object as a drill applies it; undefined: it is left out. */
export function neutralise({ resource, object }: StoredObject): StoredObject | undefined {
  const kinds = harmless[resource.group] ?? [];
  if (!kinds.includes('*') && !kinds.includes(resource.kind)) return undefined;
  return { resource, object: quiet(withoutNames(object)) };
}

function quiet(object: KubernetesObject): KubernetesObject {
  const spec = (object['spec'] ?? {}) as Fields;
  switch (object.kind) {
    case 'Service':
      return { ...object, spec: inside(spec) };
    case 'CronJob':
    case 'Job':
      return { ...object, spec: { ...spec, suspend: true } };
    default:
      return object;
  }
}

/** Without an address that is seen outside of the cluster. */
function inside(spec: Fields): Fields {
  if (spec['type'] === 'ExternalName') return spec;
  const isOutward = (name: string) => /^(load|external|allocateLoad)/.test(name);
  const kept = Object.entries(spec).filter(([name]) => !isOutward(name));
  return { ...Object.fromEntries(kept), type: 'ClusterIP' };
}

/** external-dns would give it a name of production. */
function withoutNames(object: KubernetesObject): KubernetesObject {
  const { annotations, ...metadata } = object.metadata;
  if (!annotations) return object;
  const kept = Object.entries(annotations).filter(([key]) => !outward.test(key));
  return {
    ...object,
    metadata: { ...metadata, ...(kept.length > 0 && { annotations: Object.fromEntries(kept) }) },
  };
}
