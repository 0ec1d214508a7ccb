import { describe, expect, it } from 'vitest';
import type { HttpRoute } from '../../../../src/adapters/kubernetes-api/custom-objects.ts';
import { httpRoutes } from '../../../../src/adapters/kubernetes/routing/http-route.ts';
import { readRoute } from '../../../../src/adapters/kubernetes/routing/read-route.ts';
import { virtualServices } from '../../../../src/adapters/kubernetes/routing/virtual-service.ts';
import { answer, backend, destination, httpRoute, virtualService } from './routes.ts';

const context = { namespace: 'demo', services: ['shop'], canary: 'shop-canary' };
const read = (route: HttpRoute, services = ['shop']) =>
  readRoute(route, httpRoutes, { ...context, services });

/** The route as Belay left it at this weight, after which it may have been changed. */
function written(weight: number, route: HttpRoute, rulesBefore = 1): HttpRoute {
  const before = Object.fromEntries(
    Array.from({ length: rulesBefore }, (_, index) => [
      `/spec/rules/${index}/backendRefs`,
      [backend('shop')],
    ]),
  );
  const annotations = {
    'belay.dev/before': JSON.stringify({ service: 'shop', before }),
    'belay.dev/weight': String(weight),
  };
  return { ...route, metadata: { ...route.metadata, annotations } };
}

describe('an HTTPRoute that is to carry a canary', () => {
  it('may lead to the Service in several rules, beside rules for others', () => {
    const route = httpRoute([backend('shop')], [backend('images')], [backend('shop', 5)]);
    expect(read(route)).toMatchObject({ refusals: [], service: 'shop', weight: 0, drift: [] });
  });

  it('may keep a backend without weight beside the Service', () => {
    expect(read(httpRoute([backend('old-shop', 0), backend('shop')])).refusals).toEqual([]);
  });

  it.each([
    [
      'does not lead to the Service',
      httpRoute([backend('images')]),
      'leads to images; it must lead to shop of namespace demo',
    ],
    ['leads nowhere', httpRoute([]), 'leads nowhere; it must lead to shop of namespace demo'],
    [
      'leads to a Service of that name elsewhere',
      httpRoute([backend('shop', 1, { namespace: 'live' })]),
      'leads to shop of live; it must lead to shop of namespace demo',
    ],
    [
      'is divided already',
      httpRoute([backend('shop', 9), backend('legacy', 1)]),
      'also divides its requests with other backends in rule 1; leave the weights to Belay',
    ],
    [
      'names the Service twice in one rule',
      httpRoute([backend('shop'), backend('shop', 1, { port: 81 })]),
      'names shop twice in rule 1; leave the weights to Belay',
    ],
    [
      'gives the Service nothing',
      httpRoute([backend('shop', 0)]),
      'gives shop no weight in rule 1; leave the weights to Belay',
    ],
    [
      'leads to a Service of the canary that someone else made',
      httpRoute([backend('shop'), backend('shop-canary', 0)]),
      'already leads to shop-canary in rule 1, which Belay did not write; remove that',
    ],
  ])('is refused if it %s', (_what, route, refusal) => {
    expect(read(route).refusals).toEqual([refusal]);
  });

  it('is refused if it leads to two Services of the same pods', () => {
    const route = httpRoute([backend('shop')], [backend('shop-admin')]);
    expect(read(route, ['shop', 'shop-admin']).refusals).toEqual([
      'leads to shop and shop-admin, which have the same pods; give each its own route',
    ]);
  });

  it('is refused with every reason at once', () => {
    const route = httpRoute([backend('shop', 0)], [backend('shop', 9), backend('legacy', 1)]);
    const rejected = { ...route, status: { parents: [answer({ accepted: { status: 'False' } })] } };
    expect(read(rejected).refusals).toHaveLength(3);
  });
});

describe('an HTTPRoute that Belay divides', () => {
  it('says the percentage on the canary', () => {
    const route = httpRoute([backend('shop', 80), backend('shop-canary', 20)]);
    expect(read(written(20, route))).toMatchObject({ weight: 20, drift: [], refusals: [] });
  });

  it.each([
    [
      'another weight',
      httpRoute([backend('shop', 10), backend('shop-canary', 90)]),
      'gives shop-canary 90 % in rule 1, not the 20 % that Belay wrote',
    ],
    [
      'the canary taken out',
      httpRoute([backend('shop')]),
      'gives shop-canary 0 % in rule 1, not the 20 % that Belay wrote',
    ],
    [
      'a third backend',
      httpRoute([backend('shop', 80), backend('shop-canary', 20), backend('legacy', 5)]),
      'also divides its requests with other backends in rule 1',
    ],
    [
      'the Service taken out',
      httpRoute([backend('images')]),
      'no longer leads to shop in 1 of its rules',
    ],
  ])('names %s as drift', (_what, route, drift) => {
    expect(read(written(20, route)).drift).toEqual([drift]);
  });

  it('says no one weight where its rules differ', () => {
    const route = httpRoute(
      [backend('shop', 80), backend('shop-canary', 20)],
      [backend('shop', 50), backend('shop-canary', 50)],
    );
    const { weight, drift } = read(written(20, route, 2));
    expect(weight).toBeUndefined();
    expect(drift).toEqual(['gives shop-canary 50 % in rule 2, not the 20 % that Belay wrote']);
  });

  it('names the manager of its rules, and not who wrote something else since', () => {
    const route = written(20, httpRoute([backend('shop', 10), backend('shop-canary', 90)]));
    const owned = (fields: object) => fields;
    const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));
    route.metadata = {
      ...route.metadata,
      managedFields: [
        { manager: 'belay', time: at(2), fieldsV1: owned({ 'f:metadata': {} }) },
        { manager: 'kubectl-edit', time: at(2), fieldsV1: owned({ 'f:spec': { 'f:rules': {} } }) },
        { manager: 'argocd', time: at(3), fieldsV1: owned({ 'f:spec': { 'f:hostnames': {} } }) },
        {
          manager: 'traefik',
          time: at(4),
          subresource: 'status',
          fieldsV1: owned({ 'f:spec': { 'f:rules': {} } }),
        },
      ],
    };
    expect(read(route).drift[0]).toMatch(/; written by kubectl-edit$/);
  });
});

describe('a VirtualService that is to carry a canary', () => {
  it.each(['shop', 'shop.demo', 'shop.demo.svc', 'shop.demo.svc.cluster.local'])(
    'may call the Service %s',
    (host) => {
      const route = virtualService([destination(host)]);
      expect(readRoute(route, virtualServices, context)).toMatchObject({
        refusals: [],
        service: 'shop',
        weight: 0,
      });
    },
  );

  it('is refused if no http section leads to the Service', () => {
    const route = virtualService([destination('shop.live.svc.cluster.local')]);
    expect(readRoute(route, virtualServices, context).refusals).toEqual([
      'leads to shop.live.svc.cluster.local; it must lead to shop of namespace demo',
    ]);
  });

  it('is refused if it leads to a subset', () => {
    const route = virtualService([{ destination: { host: 'shop', subset: 'v1' } }]);
    expect(readRoute(route, virtualServices, context).refusals).toEqual([
      'leads to subset v1 of shop in http section 1; name the Service without a subset',
    ]);
  });

  it('cannot be verified where Istio writes no status', () => {
    expect(virtualServices.verify(virtualService([destination('shop')]), 20).kind).toBe(
      'unsupported',
    );
  });

  it('cannot be verified where the status says no generation', () => {
    const status = { conditions: [{ type: 'Reconciled', status: 'True' }] };
    const route = { ...virtualService([destination('shop')]), status };
    expect(virtualServices.verify(route, 0).kind).toBe('unsupported');
  });

  it.each(['tcp', 'tls'])('is refused if its %s section leads to the Service too', (section) => {
    const plain = virtualService([destination('shop')]);
    const route = {
      ...plain,
      spec: { ...plain.spec, [section]: [{ route: [destination('shop')] }] },
    };
    expect(readRoute(route, virtualServices, context).refusals).toEqual([
      `leads to shop in its ${section} section too, to which weights do not apply; remove that section`,
    ]);
  });

  it('is verified by the status where Istio writes one', () => {
    const at = (observedGeneration: string): ReturnType<typeof virtualService> => ({
      ...virtualService([destination('shop')]),
      status: { conditions: [{ type: 'Reconciled', status: 'True' }], observedGeneration },
    });
    expect(virtualServices.verify(at('2'), 20).kind).toBe('not-yet');
    expect(virtualServices.verify(at('3'), 20).kind).toBe('yes');
  });
});
