import type { KubernetesObject } from '../../kubernetes-api/dynamic/api-resource.ts';
import { PartError } from '../../../contracts/kernel/part-error.ts';
import type { PlaybookCluster, PlaybookClusters } from './cluster.ts';
import { parseObject, resourceNamed, type NamedObject } from './object-name.ts';

export function at(value: unknown, ...path: readonly string[]): unknown {
  let found: unknown = value;
  for (const key of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Record<string, unknown>)[key];
  }
  return found;
}

const workloads = ['Deployment', 'StatefulSet', 'DaemonSet'];

export interface OpenWorkload {
  cluster: PlaybookCluster;
  object: NamedObject;
  present: KubernetesObject;
}

/** The workload that the inputs of a part name, as it is now. */
export async function openWorkload(
  clusters: PlaybookClusters,
  inputs: Readonly<Record<string, unknown>>,
  kinds: readonly string[] = workloads,
): Promise<OpenWorkload> {
  const object = parseObject(inputs['workload'], inputs['namespace']);
  if (!kinds.includes(object.resource.kind)) {
    throw new PartError(
      'refused',
      `${String(inputs['workload'])} is no workload of these kinds: ${kinds.join(', ')}`,
    );
  }
  const cluster = await clusters.of(inputs['context'], inputs['namespace']);
  return { cluster, object, present: await cluster.get(object) };
}

/** Its pods, by its selector. */
export async function podsOf({
  cluster,
  object,
  present,
}: OpenWorkload): Promise<KubernetesObject[]> {
  const labels = at(present, 'spec', 'selector', 'matchLabels');
  const expressions = at(present, 'spec', 'selector', 'matchExpressions');
  if (typeof labels !== 'object' || labels === null || expressions !== undefined) {
    throw new PartError(
      'refused',
      `${object.name} selects its pods by expressions, which is not read here`,
    );
  }
  const labelSelector = Object.entries(labels)
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(',');
  return cluster.list(resourceNamed('pod'), String(object.namespace), { labelSelector });
}

export function nameOf(inputs: Readonly<Record<string, unknown>>): string {
  return `${String(inputs['namespace'])}/${String(inputs['workload'])}`;
}
