import type { V1ManagedFieldsEntry, V1ObjectMeta } from '@kubernetes/client-node';
import type { Kind, ObjectByKind } from './cluster-api.ts';
import { apiVersion, resources } from './kinds.ts';

/**
 * An object as the API server wrote it, without any loss: the client's own deserializer drops every
 * field that is newer than its model, and a canary must get all of stable's template. Times become
 * Dates where the client's types require it.
 */
export function readObject<K extends Kind>(kind: K, wire: unknown): ObjectByKind[K] {
  const object = wire as { metadata?: V1ObjectMeta; status?: unknown };
  const resource = resources[kind];
  return {
    // The items of a list do not contain their kind.
    apiVersion: apiVersion(resource),
    kind: resource.singular,
    ...object,
    ...(object.metadata && { metadata: readMetadata(object.metadata) }),
    ...(object.status !== undefined && { status: readTimes(object.status) }),
  } as ObjectByKind[K];
}

function readMetadata(metadata: V1ObjectMeta): V1ObjectMeta {
  const { creationTimestamp, deletionTimestamp, managedFields } = metadata;
  return {
    ...metadata,
    ...(creationTimestamp && { creationTimestamp: new Date(creationTimestamp) }),
    ...(deletionTimestamp && { deletionTimestamp: new Date(deletionTimestamp) }),
    ...(managedFields && { managedFields: managedFields.map(readManager) }),
  };
}

function readManager({ time, ...entry }: V1ManagedFieldsEntry): V1ManagedFieldsEntry {
  return time === undefined ? entry : { ...entry, time: new Date(time) };
}

const times: ReadonlySet<string> = new Set([
  'lastTransitionTime',
  'lastUpdateTime',
  'lastProbeTime',
  'lastScaleTime',
  'startTime',
  'startedAt',
  'finishedAt',
]);

function readTimes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(readTimes);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      times.has(key) && typeof inner === 'string' ? new Date(inner) : readTimes(inner),
    ]),
  );
}
