import type { KubernetesObject } from '../../kubernetes-api/dynamic/api-resource.ts';
import type { StoredObject } from '../objects/stored-object.ts';

export type NamespaceMap = Readonly<Record<string, string>>;

/** In its new namespace, with whoever it names there: the subjects of a RoleBinding. */
export function mapNamespaces(stored: StoredObject, map: NamespaceMap): StoredObject {
  const { resource, object } = stored;
  const { metadata } = object;
  const to = (namespace: string) => map[namespace] ?? namespace;
  if (resource.kind === 'Namespace') {
    return { resource, object: { ...object, metadata: { ...metadata, name: to(metadata.name) } } };
  }
  const namespace = metadata.namespace === undefined ? {} : { namespace: to(metadata.namespace) };
  const mapped = { ...object, metadata: { ...metadata, ...namespace } };
  return { resource, object: mapSubjects(mapped, to) };
}

function mapSubjects(
  object: KubernetesObject,
  to: (namespace: string) => string,
): KubernetesObject {
  if (object.kind !== 'RoleBinding') return object;
  const subjects = (object['subjects'] ?? []) as { namespace?: string }[];
  return {
    ...object,
    subjects: subjects.map((subject) =>
      subject.namespace === undefined ? subject : { ...subject, namespace: to(subject.namespace) },
    ),
  };
}
