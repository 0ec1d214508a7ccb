/** Gateway API: an HTTPRoute's backendRefs. */
import type { HttpBackendRef, HttpRoute } from '../api/custom-objects.ts';
import type { BackendDialect } from './backends.ts';
import type { RouteDialect } from './route-dialect.ts';
import type { Verification } from './router.ts';

type ParentStatus = NonNullable<NonNullable<HttpRoute['status']>['parents']>[number];

type Condition = 'Accepted' | 'ResolvedRefs';

const all: readonly Condition[] = ['Accepted', 'ResolvedRefs'];

export const httpRoutes: RouteDialect<'httproutes', HttpBackendRef> = {
  kind: 'httproutes',
  title: 'HTTPRoute',
  rules: (route) =>
    (route.spec?.rules ?? []).map((rule, index) => ({
      path: `/spec/rules/${index}/backendRefs`,
      label: `rule ${index + 1}`,
      backends: rule.backendRefs ?? [],
    })),
  refusals: (route) => failedConditions(route, all).map((failure) => `${failure}; mend that first`),
  backends: backendRefs,
  describe: ({ name, namespace }) => (namespace === undefined ? name : `${name} of ${namespace}`),
  verify,
};

function backendRefs(namespace: string): BackendDialect<HttpBackendRef> {
  return {
    serviceOf: (ref) =>
      (ref.kind ?? 'Service') === 'Service' &&
      !ref.group &&
      (ref.namespace ?? namespace) === namespace
        ? ref.name
        : undefined,
    toService: (ref, service) => ({ ...ref, name: service }),
    weightOf: (ref) => ref.weight ?? 1,
    withWeight: (ref, weight) => ({ ...ref, weight }),
    withoutWeight: ({ weight: _dropped, ...ref }) => ref,
  };
}

/**
 * Every gateway has accepted this very generation and found every backend. At 0 the backends do not
 * count: traffic must leave the canary also when its Service has been deleted.
 */
function verify(route: HttpRoute, weight: number): Verification {
  const mustHold: readonly Condition[] = weight === 0 ? ['Accepted'] : all;
  const parents = route.status?.parents ?? [];
  const failures = failedConditions(route, mustHold);
  const silent = parents.flatMap((parent) =>
    mustHold
      .filter((type) => !currentCondition(route, parent, type))
      .map((type) => `has no word on ${type} yet from ${parentName(parent)}`),
  );
  const unheard = (route.spec?.parentRefs?.length ?? 0) - parents.length;
  const missing = [
    ...failures,
    ...silent,
    ...(unheard > 0 ? [`is not answered for yet by ${unheard} of its gateways`] : []),
  ];
  return missing.length === 0 ? { kind: 'yes' } : { kind: 'not-yet', missing: missing.join('; ') };
}

function failedConditions(route: HttpRoute, mustHold: readonly Condition[]): string[] {
  return (route.status?.parents ?? []).flatMap((parent) =>
    mustHold.flatMap((type) => {
      const condition = currentCondition(route, parent, type);
      if (condition === undefined || condition.status === 'True') return [];
      const { reason = condition.status, message = '' } = condition;
      return [`is not ${type} at ${parentName(parent)}: ${reason} ${message}`.trim()];
    }),
  );
}

function currentCondition(route: HttpRoute, parent: ParentStatus, type: string) {
  const generation = route.metadata?.generation ?? 0;
  return parent.conditions?.find(
    (condition) => condition.type === type && (condition.observedGeneration ?? 0) >= generation,
  );
}

function parentName({ parentRef, controllerName }: ParentStatus): string {
  return parentRef === undefined ? controllerName : `gateway ${parentRef.name}`;
}
