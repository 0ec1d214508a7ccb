import type { V1Endpoint, V1EndpointSlice } from '@kubernetes/client-node';

/** The names of the pods that are ready endpoints of these Services. A slice without endpoints has null. */
export function servingPods(
  slices: V1EndpointSlice[],
  services: readonly string[],
): ReadonlySet<string> {
  const endpoints = slices
    .filter(({ metadata }) =>
      services.includes(metadata?.labels?.['kubernetes.io/service-name'] ?? ''),
    )
    .flatMap((slice) => (slice.endpoints as V1Endpoint[] | null) ?? []);
  return new Set(
    endpoints.flatMap(({ conditions, targetRef }) =>
      conditions?.ready !== false && targetRef?.kind === 'Pod' ? (targetRef.name ?? []) : [],
    ),
  );
}
