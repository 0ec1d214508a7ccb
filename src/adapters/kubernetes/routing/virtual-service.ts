/** Istio: a VirtualService's http routes. */
import type { IstioDestination, VirtualService } from '../../kubernetes-api/custom-objects.ts';
import type { BackendDialect } from './backends.ts';
import type { RouteDialect, RouteRule } from './route-dialect.ts';
import type { Verification } from './router.ts';

export const virtualServices: RouteDialect<'virtualservices', IstioDestination> = {
  kind: 'virtualservices',
  title: 'VirtualService',
  rulesField: ['spec', 'http'],
  rules: (route) =>
    (route.spec?.http ?? []).map(({ name, route: backends = [] }, index) => ({
      path: `/spec/http/${index}/route`,
      label: `http section ${name ?? index + 1}`,
      backends,
    })),
  refusals: (route, rules) => [
    ...rules.flatMap(subsetRefusals),
    ...undividedRefusals(route, rules),
  ],
  backends: destinations,
  describe: ({ destination }) => destination.host,
  verify,
};

/** The canary's Service has no subsets: a destination with a subset would lead nowhere. */
function subsetRefusals({ label, backends }: RouteRule<IstioDestination>): string[] {
  return backends.flatMap(({ destination: { host, subset } }) =>
    subset === undefined
      ? []
      : [`leads to subset ${subset} of ${host} in ${label}; name the Service without a subset`],
  );
}

/** Weights are written only to http sections. */
function undividedRefusals(
  { spec }: VirtualService,
  rules: readonly RouteRule<IstioDestination>[],
): string[] {
  const hosts = new Set(
    rules.flatMap(({ backends }) => backends.map(({ destination }) => destination.host)),
  );
  return (['tcp', 'tls'] as const).flatMap((section) => {
    const found = (spec?.[section] ?? [])
      .flatMap(({ route = [] }) => route)
      .find(({ destination }) => hosts.has(destination.host));
    if (found === undefined) return [];
    return [
      `leads to ${found.destination.host} in its ${section} section too, to which weights do not apply; remove that section`,
    ];
  });
}

function destinations(namespace: string): BackendDialect<IstioDestination> {
  const suffixes = ['', `.${namespace}`, `.${namespace}.svc`, `.${namespace}.svc.cluster.local`];
  return {
    serviceOf: ({ destination: { host } }) => {
      const [name = '', ...rest] = host.split('.');
      const suffix = rest.length === 0 ? '' : `.${rest.join('.')}`;
      return suffixes.includes(suffix) ? name : undefined;
    },
    toService: ({ destination, ...rest }, service) => ({
      ...rest,
      destination: { ...destination, host: destination.host.replace(/^[^.]+/, service) },
    }),
    weightOf: ({ weight }, alone) => (alone ? 100 : (weight ?? 0)),
    withWeight: (route, weight) => ({ ...route, weight }),
    withoutWeight: ({ weight: _dropped, ...route }) => route,
  };
}

/** Istio writes a status only if that is enabled. */
function verify({ metadata, status }: VirtualService): Verification {
  const reconciled = status?.conditions?.find(({ type }) => type === 'Reconciled');
  if (reconciled === undefined) {
    return { kind: 'unsupported', reason: 'Istio writes no status on VirtualServices here' };
  }
  if (status?.observedGeneration === undefined) {
    return { kind: 'unsupported', reason: 'Istio reports no generation in its status here' };
  }
  const current = Number(status.observedGeneration) >= (metadata?.generation ?? 0);
  if (current && reconciled.status === 'True') return { kind: 'yes' };
  return { kind: 'not-yet', missing: 'has not reached every proxy yet' };
}
