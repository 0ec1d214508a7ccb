import type { ServiceObjects } from './service-objects.ts';

/** Where callers in the cluster reach the service: the first of its Services. */
export function urlOf({
  services,
  target,
}: Pick<ServiceObjects, 'services' | 'target'>): string | undefined {
  const [first] = services;
  const port = first?.spec?.ports?.[0]?.port;
  if (!first || port === undefined) return undefined;
  return `http://${first.metadata?.name ?? ''}.${target.namespace}.svc${port === 80 ? '' : `:${port}`}`;
}
