/** Gateway API: an HTTPRoute's backendRefs. */
import type { HttpBackendRef, HttpRoute } from '../../kubernetes-api/custom-objects.ts';
import { notAnsweredYet } from '../objects/passing-reason.ts';
import type { BackendDialect } from './backends.ts';
import type { RouteDialect } from './route-dialect.ts';
import { parentsOf, type ConditionType, type RouteParent } from './route-parents.ts';
import type { Verification } from './router.ts';

const all: readonly ConditionType[] = ['Accepted', 'ResolvedRefs'];

export const httpRoutes: RouteDialect<'httproutes', HttpBackendRef> = {
  kind: 'httproutes',
  title: 'HTTPRoute',
  rulesField: ['spec', 'rules'],
  rules: (route) =>
    (route.spec?.rules ?? []).map((rule, index) => ({
      path: `/spec/rules/${index}/backendRefs`,
      label: `rule ${index + 1}`,
      backends: rule.backendRefs ?? [],
    })),
  refusals,
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

function refusals(route: HttpRoute): string[] {
  const parents = parentsOf(route);
  if (parents.length === 0) return ['has no parentRefs, so no gateway serves it; add one'];
  return parents.flatMap((parent) => {
    const accepted = parent.answer('Accepted');
    if (accepted.kind === 'silent') return [silence(parent)];
    if (accepted.kind === 'behind') return [`waits: ${parent.name} ${notAnsweredYet}`];
    return all.flatMap((type) => {
      const failure = failureOf(parent, type);
      return failure === undefined ? [] : [`${failure}; fix that first`];
    });
  });
}

/**
 * Whether every gateway has accepted this generation and found every backend. At weight 0 the backends do not
 * count: traffic must leave the canary even if its Service was deleted, and a gateway that refuses the
 * route sends nobody to the canary. What a gateway does not report cannot be awaited.
 */
function verify(route: HttpRoute, weight: number): Verification {
  const doubts = parentsOf(route).flatMap((parent) => doubtsOn(parent, weight));
  const missing = doubts.filter(({ passes }) => passes).map(({ what }) => what);
  if (missing.length > 0) return { kind: 'not-yet', missing: missing.join('; ') };
  if (doubts.length === 0) return { kind: 'yes' };
  return { kind: 'unsupported', reason: `it ${doubts.map(({ what }) => what).join('; ')}` };
}

interface Doubt {
  what: string;
  /** Whether the gateway will report more. */
  passes: boolean;
}

function doubtsOn(parent: RouteParent, weight: number): Doubt[] {
  const accepted = parent.answer('Accepted');
  if (accepted.kind === 'silent') return [{ what: silence(parent), passes: false }];
  const mustHold: readonly ConditionType[] = weight === 0 ? ['Accepted'] : all;
  return mustHold.flatMap((type): Doubt[] => {
    const failure = failureOf(parent, type);
    if (failure !== undefined) return [{ what: failure, passes: weight > 0 }];
    switch (parent.answer(type).kind) {
      case 'current':
        return [];
      case 'behind':
        return [{ what: `has no condition ${type} from ${parent.name} yet`, passes: true }];
      case 'undated':
        return [
          { what: `has conditions without observedGeneration from ${parent.name}`, passes: false },
        ];
      case 'silent':
        return [{ what: `has no condition ${type} from ${parent.name}`, passes: false }];
    }
  });
}

function failureOf(parent: RouteParent, type: ConditionType): string | undefined {
  const answer = parent.answer(type);
  if (!('holds' in answer) || answer.holds) return undefined;
  return `is not ${type} at ${parent.name}: ${answer.why}`;
}

function silence({ name }: RouteParent): string {
  return `has no status from ${name}: no controller has reported whether it accepts the route; correct its parentRefs or the class of the gateway`;
}
