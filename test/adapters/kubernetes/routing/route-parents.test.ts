import { describe, expect, it } from 'vitest';
import type {
  HttpRoute,
  RouteCondition,
} from '../../../../src/adapters/kubernetes-api/custom-objects.ts';
import { httpRoutes } from '../../../../src/adapters/kubernetes/routing/http-route.ts';
import { readRoute } from '../../../../src/adapters/kubernetes/routing/read-route.ts';
import type { Verification } from '../../../../src/adapters/kubernetes/routing/router.ts';
import { answer, backend, httpRoute } from './routes.ts';

const context = { namespace: 'demo', services: ['shop'], canary: 'shop-canary' };
const read = (route: HttpRoute) => readRoute(route, httpRoutes, context);

const routeWith = (...parents: ReturnType<typeof answer>[]): HttpRoute => ({
  ...httpRoute([backend('shop')]),
  status: { parents },
});
const refused = { status: 'False', reason: 'NotAllowedByListeners', message: 'no such namespace' };
const lost = { status: 'False', reason: 'BackendNotFound', message: 'no such Service' };
const undated = { observedGeneration: undefined } as unknown as Partial<RouteCondition>;
const elsewhere = { parentRef: { name: 'private' } };
const two = (...parents: ReturnType<typeof answer>[]): HttpRoute => {
  const route = routeWith(...parents);
  return {
    ...route,
    spec: { ...route.spec, parentRefs: [{ name: 'public' }, { name: 'private' }] },
  };
};

describe('whether the gateways have taken an HTTPRoute over', () => {
  const silence =
    'no controller has reported whether it accepts the route; correct its parentRefs or the class of the gateway';

  it.each<[string, HttpRoute, { at20: Verification; at0?: Verification }]>([
    ['each has accepted this generation', routeWith(answer()), { at20: { kind: 'yes' } }],
    [
      'an entry is left of a parent that is no longer in the spec',
      routeWith(answer(), answer({ accepted: { ...refused, observedGeneration: 1 } }, elsewhere)),
      { at20: { kind: 'yes' } },
    ],
    [
      'an entry is left of a section that is no longer in the spec',
      routeWith(
        answer(),
        answer(
          { accepted: { observedGeneration: 1 } },
          { parentRef: { name: 'public', sectionName: 'https' } },
        ),
      ),
      { at20: { kind: 'yes' } },
    ],
    [
      'the gateway writes out every default of its parentRef',
      routeWith(
        answer(
          {},
          {
            parentRef: {
              group: 'gateway.networking.k8s.io',
              kind: 'Gateway',
              namespace: 'demo',
              name: 'public',
            },
          },
        ),
      ),
      { at20: { kind: 'yes' } },
    ],
    [
      'a controller that once served the gateway has left its entry',
      routeWith(
        answer({ accepted: { observedGeneration: 1 } }, { controllerName: 'old' }),
        answer(),
      ),
      { at20: { kind: 'yes' } },
    ],
    [
      'only an older generation was accepted',
      routeWith(answer({ accepted: { observedGeneration: 2 } })),
      { at20: { kind: 'not-yet', missing: 'has no condition Accepted from gateway public yet' } },
    ],
    [
      'a backend is missing',
      routeWith(answer({ resolved: lost })),
      {
        at20: {
          kind: 'not-yet',
          missing: 'is not ResolvedRefs at gateway public: BackendNotFound no such Service',
        },
        at0: { kind: 'yes' },
      },
    ],
    [
      'a gateway refuses it: then it leads nobody to the canary either',
      routeWith(answer({ accepted: refused })),
      {
        at20: {
          kind: 'not-yet',
          missing: 'is not Accepted at gateway public: NotAllowedByListeners no such namespace',
        },
        at0: {
          kind: 'unsupported',
          reason: 'it is not Accepted at gateway public: NotAllowedByListeners no such namespace',
        },
      },
    ],
    [
      'nobody answers for one of its parents',
      two(answer()),
      {
        at20: {
          kind: 'unsupported',
          reason: `it has no status from gateway private: ${silence}`,
        },
      },
    ],
    [
      'one parent is behind and nobody answers for the other',
      two(answer({ accepted: { observedGeneration: 2 } })),
      { at20: { kind: 'not-yet', missing: 'has no condition Accepted from gateway public yet' } },
    ],
    [
      'conditions have no generation',
      routeWith(answer({ accepted: undated })),
      {
        at20: {
          kind: 'unsupported',
          reason: 'it has conditions without observedGeneration from gateway public',
        },
      },
    ],
    [
      'the gateway never says ResolvedRefs',
      routeWith(answer({}, { conditions: answer().conditions!.slice(0, 1) })),
      {
        at20: {
          kind: 'unsupported',
          reason: 'it has no condition ResolvedRefs from gateway public',
        },
        at0: { kind: 'yes' },
      },
    ],
  ])('is told where %s', (_what, route, { at20, at0 = at20 }) => {
    expect(httpRoutes.verify(route, 20)).toEqual(at20);
    expect(httpRoutes.verify(route, 0)).toEqual(at0);
  });

  it.each<[string, HttpRoute, string[]]>([
    ['every parent has accepted it', two(answer(), answer({}, elsewhere)), []],
    [
      'conditions have no generation',
      routeWith(answer({ accepted: undated, resolved: undated })),
      [],
    ],
    [
      'nobody answers for one of its parents',
      two(answer()),
      [`has no status from gateway private: ${silence}`],
    ],
    [
      'it has no parents',
      { ...routeWith(answer()), spec: { rules: [{ backendRefs: [backend('shop')] }] } },
      ['has no parentRefs, so no gateway serves it; add one'],
    ],
    [
      'a parent refuses it, without a generation',
      routeWith(answer({ accepted: { ...refused, ...undated } })),
      [
        'is not Accepted at gateway public: NotAllowedByListeners no such namespace; fix that first',
      ],
    ],
    [
      'its last change is not answered for yet, which passes',
      routeWith(answer({ accepted: { observedGeneration: 2 } })),
      ['waits: gateway public has not confirmed its last change yet; wait a moment'],
    ],
  ])('is judged before the first weight where %s', (_what, route, refusals) => {
    expect(read(route).refusals).toEqual(refusals);
  });
});
