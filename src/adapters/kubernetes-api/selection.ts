import type { Kind, ObjectByKind } from './cluster-api.ts';

export type Labels = Readonly<Record<string, string>>;

/** The objects that one informer watches. */
export interface Selection<K extends Kind> {
  kind: K;
  /** Absent: all namespaces. */
  namespace?: string | undefined;
  /** Absent: any labels. */
  labels?: Labels | undefined;
}

export function keyOf({ kind, namespace, labels }: Selection<Kind>): string {
  return JSON.stringify([kind, namespace, labels && Object.entries(labels).sort()]);
}

export function labelSelector(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
}

export function hasLabels(object: ObjectByKind[Kind], labels: Labels = {}): boolean {
  const own = object.metadata?.labels ?? {};
  return Object.entries(labels).every(([name, value]) => own[name] === value);
}
