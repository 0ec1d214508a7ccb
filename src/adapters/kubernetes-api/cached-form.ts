import type {
  V1Container,
  V1ManagedFieldsEntry,
  V1ObjectMeta,
  V1Pod,
} from '@kubernetes/client-node';
import type { Kind, ObjectByKind } from './cluster-api.ts';

/** Kinds whose field owners are read. */
const written: readonly Kind[] = [
  'deployments',
  'services',
  'ingresses',
  'httproutes',
  'virtualservices',
];

/**
 * The part of an object that is cached: frozen, and without large parts that are never read. The
 * fields of each manager are kept for kinds whose field owners are read; of a pod, only its state
 * is kept.
 */
export function cachedForm<K extends Kind>(kind: K, object: ObjectByKind[K]): ObjectByKind[K] {
  const slim = withoutFields(
    object,
    (subresource) => written.includes(kind) && subresource !== 'status',
  );
  return deepFreeze((kind === 'pods' ? slimPod(slim as V1Pod) : slim) as ObjectByKind[K]);
}

function withoutFields<T extends { metadata?: V1ObjectMeta }>(
  object: T,
  isAskedFor: (subresource: string | undefined) => boolean,
): T {
  if (!object.metadata?.managedFields) return object;
  const managedFields = object.metadata.managedFields.map((entry) =>
    isAskedFor(entry.subresource) ? entry : withoutOwned(entry),
  );
  return { ...object, metadata: { ...object.metadata, managedFields } };
}

function withoutOwned({ fieldsV1: _, ...entry }: V1ManagedFieldsEntry): V1ManagedFieldsEntry {
  return entry;
}

function slimPod(pod: V1Pod): V1Pod {
  if (!pod.spec) return pod;
  const { volumes: _, tolerations: _t, affinity: _a, ...spec } = pod.spec;
  return { ...pod, spec: { ...spec, containers: spec.containers.map(slimContainer) } };
}

function slimContainer({ env: _, envFrom: _f, volumeMounts: _m, ...container }: V1Container) {
  return container;
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}
