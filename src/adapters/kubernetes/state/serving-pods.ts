import type { V1EndpointSlice } from '@kubernetes/client-node';

/** Names of the pods that are ready endpoints of these Services. */
export function servingPods(
  slices: V1EndpointSlice[],
  services: readonly string[],
): ReadonlySet<string> {
  const endpoints = slices
    .filter(({ metadata }) =>
      services.includes(metadata?.labels?.['kubernetes.io/service-name'] ?? ''),
    )
    .flatMap((slice) => slice.endpoints);
  return new Set(
    endpoints.flatMap(({ conditions, targetRef }) =>
      conditions?.ready !== false && targetRef?.kind === 'Pod' ? (targetRef.name ?? []) : [],
    ),
  );
}
