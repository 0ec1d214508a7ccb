/** The Service of a canary, a copy of the Service that the route leads to. Pure. */
import type { V1Service, V1ServiceSpec } from '@kubernetes/client-node';
import { claimingAnnotations } from './copied-metadata.ts';

/**
 * How requests are distributed to pods. What makes a Service reachable from outside (type, node ports,
 * addresses, load balancers) belongs to one Service only. No canary gets requests before it is ready,
 * so `publishNotReadyAddresses` is not copied either.
 */
const copiedFields = [
  'sessionAffinity',
  'sessionAffinityConfig',
  'internalTrafficPolicy',
  'trafficDistribution',
  'ipFamilyPolicy',
  'ipFamilies',
] as const satisfies readonly (keyof V1ServiceSpec)[];

/** The same ports and the same handling of requests, for other pods. */
export function copiedServiceSpec(
  { spec = {} }: V1Service,
  selector: Record<string, string>,
): V1ServiceSpec {
  const ports = spec.ports?.map(({ nodePort: _own, ...port }) => port);
  const fields = copiedFields.flatMap((field) =>
    spec[field] === undefined ? [] : [[field, spec[field]]],
  );
  return {
    ...(Object.fromEntries(fields) as V1ServiceSpec),
    ...(spec.clusterIP === 'None' && { clusterIP: 'None' }),
    ...(ports && { ports }),
    selector,
  };
}

/** What the copy lacks, as text for people. */
export function notCopied({ metadata, spec }: V1Service): string[] {
  const annotations = claimingAnnotations(metadata).map((key) => `annotation ${key}`);
  const type = spec?.type ?? 'ClusterIP';
  return [
    ...(type === 'ClusterIP' ? [] : [`type ${type}`]),
    ...((spec?.externalIPs ?? []).length > 0 ? ['externalIPs'] : []),
    ...(spec?.publishNotReadyAddresses ? ['publishNotReadyAddresses'] : []),
    ...annotations,
  ];
}
