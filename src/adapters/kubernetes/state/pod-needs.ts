import type { V1Container, V1PodSpec } from '@kubernetes/client-node';
import { readQuantity } from '../../kubernetes-api/objects/quantity.ts';

/** The amount of a quota's resource that one pod needs, in its base unit: pods, cores, bytes. */
export function podNeeds(resource: string, spec: V1PodSpec | undefined): number {
  if (!spec) return 0;
  if (resource === 'pods' || resource === 'count/pods') return 1;
  const { kind, name } = read(resource);
  const of = (container: V1Container) => containerNeeds(container, kind, name);
  const inits = spec.initContainers ?? [];
  const sidecars = inits.filter(({ restartPolicy }) => restartPolicy === 'Always');
  const together = [...spec.containers, ...sidecars].reduce((sum, one) => sum + of(one), 0);
  return Math.max(together, ...inits.map(of));
}

interface Asked {
  kind: 'requests' | 'limits';
  name: string;
}

/** "limits.cpu", "requests.cpu", or "cpu", which means requests. */
function read(resource: string): Asked {
  const [, kind, name] = /^(requests|limits)\.(.+)$/.exec(resource) ?? [];
  return { kind: kind === 'limits' ? 'limits' : 'requests', name: name ?? resource };
}

/** A missing request equals the limit. */
function containerNeeds(
  { resources }: V1Container,
  kind: 'requests' | 'limits',
  name: string,
): number {
  const written = resources?.[kind]?.[name] ?? resources?.limits?.[name];
  return written === undefined ? 0 : readQuantity(written);
}
