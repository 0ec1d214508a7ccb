import { createHash } from 'node:crypto';
import type { V1Deployment, V1PodTemplateSpec, V1ReplicaSet } from '@kubernetes/client-node';
import { annotations, labels } from '../objects/names.ts';
import { withoutHash, withoutSetAside } from '../objects/template.ts';

/** The number that Kubernetes gives to each change of a Deployment's template; 0 before the first. */
export function revisionOf({ metadata }: V1Deployment | V1ReplicaSet): number {
  return Number(metadata?.annotations?.[annotations.revision] ?? 0);
}

export function templateHashOf({ metadata }: V1ReplicaSet): string | undefined {
  return metadata?.labels?.[labels.templateHash];
}

/**
 * The ReplicaSet that runs the Deployment's current template, if it exists; it may be set aside. Of several,
 * the Deployment's controller takes the oldest.
 */
export function currentReplicaSet(
  { spec }: V1Deployment,
  replicaSets: V1ReplicaSet[],
): V1ReplicaSet | undefined {
  if (!spec) return undefined;
  const runs = (template: V1PodTemplateSpec | undefined) =>
    template !== undefined && sameTemplate(template, spec.template);
  const oldestFirst = replicaSets.toSorted(byAge);
  return (
    oldestFirst.find(({ spec: own }) => runs(own?.template)) ??
    oldestFirst.find(({ spec: own }) => runs(own?.template && withoutSetAside(own.template)))
  );
}

function byAge({ metadata: one }: V1ReplicaSet, { metadata: other }: V1ReplicaSet): number {
  const born = Number(one?.creationTimestamp ?? 0) - Number(other?.creationTimestamp ?? 0);
  return born === 0 ? (one?.name ?? '').localeCompare(other?.name ?? '') : born;
}

/** Whether two templates create the same pods, regardless of the order of keys and the hash label. */
export function sameTemplate(one: V1PodTemplateSpec, other: V1PodTemplateSpec): boolean {
  return canonical(withoutHash(one)) === canonical(withoutHash(other));
}

/** The same for two templates that create the same pods. */
export function templateDigest(template: V1PodTemplateSpec): string {
  const text = canonical(withoutHash(template));
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (inner === null) return undefined;
    if (typeof inner !== 'object' || Array.isArray(inner)) return inner;
    return Object.fromEntries(
      Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)),
    );
  });
}
