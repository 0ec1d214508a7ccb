import type { V1Ingress } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { createCanaryIngress } from '../../../../src/adapters/kubernetes/routing/canary-ingress.ts';
import { orderSteps } from '../../../../src/adapters/kubernetes/routing/ingress-steps.ts';
import {
  readIngress,
  type Ingresses,
} from '../../../../src/adapters/kubernetes/routing/read-ingress.ts';

const context = { namespace: 'demo', services: ['shop'], canary: 'shop-canary' };
const nginx = (key: string) => `nginx.ingress.kubernetes.io/${key}`;

const path = (service: string, at = '/') => ({
  path: at,
  pathType: 'Prefix',
  backend: { service: { name: service, port: { number: 80 } } },
});

function ingress(
  name: string,
  paths: ReturnType<typeof path>[],
  annotations: Record<string, string> = {},
): V1Ingress {
  return {
    metadata: { name, namespace: 'demo', annotations },
    spec: { ingressClassName: 'nginx', rules: [{ host: 'shop.test', http: { paths } }] },
  };
}

const main = ingress('shop', [path('shop'), path('images', '/images')], {
  [nginx('proxy-body-size')]: '8m',
  'cert-manager.io/cluster-issuer': 'letsencrypt',
});
const parts = {
  name: 'shop-canary',
  service: 'shop',
  canary: 'shop-canary',
  labels: { 'belay.dev/service': 'demo.shop' },
  annotations: { 'belay.dev/fence': 'r1 1' },
};
const canary = createCanaryIngress(main, parts);
const annotated = (annotations: Record<string, string>): V1Ingress => ({
  ...canary,
  metadata: {
    ...canary.metadata,
    annotations: { ...canary.metadata?.annotations, ...annotations },
  },
});
const ingresses = (changed: Partial<Ingresses> = {}): Ingresses => ({
  main,
  canary,
  others: [],
  ...changed,
});
const steps = (changed: V1Ingress, order: { weight: number; correcting?: boolean }) => {
  const reading = readIngress(ingresses({ canary: changed }), context);
  const whole = { correcting: false, ...order };
  return orderSteps({ main, canary: changed }, reading, whole, 'shop-canary');
};

describe("the canary's Ingress", () => {
  it('has the paths that lead to the Service, at weight 0, and no others', () => {
    expect(canary.spec).toEqual({
      ingressClassName: 'nginx',
      rules: [{ host: 'shop.test', http: { paths: [path('shop-canary')] } }],
    });
    expect(readIngress(ingresses(), context)).toEqual({
      refusals: [],
      drift: [],
      service: 'shop',
      weight: 0,
      leadsToCanary: false,
    });
  });

  it('leads to the canary also where the Ingress beside it is gone, until its weight is 0', () => {
    const at20 = annotated({ [nginx('canary-weight')]: '20', 'belay.dev/weight': '20' });
    for (const [written, leadsToCanary] of [
      [at20, true],
      [canary, false],
    ] as const) {
      const reading = readIngress({ main: undefined, canary: written, others: [] }, context);
      expect(reading).toMatchObject({ leadsToCanary, drift: ['is gone'] });
    }
  });

  it('has the labels and certificates of the Ingress, and goes with it', () => {
    const tls = [{ hosts: ['shop.test'], secretName: 'shop-tls' }];
    const labelled: V1Ingress = {
      metadata: {
        ...main.metadata,
        uid: 'u1',
        labels: { shard: 'public', 'argocd.argoproj.io/instance': 'shop' },
      },
      spec: { ...main.spec, tls },
    };
    const { metadata, spec } = createCanaryIngress(labelled, parts);
    expect(metadata?.labels).toEqual({ shard: 'public', 'belay.dev/service': 'demo.shop' });
    expect(metadata?.ownerReferences).toEqual([
      { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', name: 'shop', uid: 'u1' },
    ]);
    expect(spec?.tls).toEqual(tls);
  });

  it("takes over how the router treats requests, and no other program's orders", () => {
    expect(canary.metadata?.annotations).toEqual({
      [nginx('proxy-body-size')]: '8m',
      [nginx('canary')]: 'true',
      [nginx('canary-weight')]: '0',
      [nginx('canary-weight-total')]: '100',
      'belay.dev/weight': '0',
      'belay.dev/fence': 'r1 1',
    });
  });
});

describe('an Ingress that is to carry a canary', () => {
  const rival = (at: string) => ingress('rival', [path('v9', at)], { [nginx('canary')]: 'true' });

  it.each<[string, Partial<Ingresses>, string]>([
    [
      'does not exist',
      { main: undefined, canary: undefined },
      'does not exist in namespace demo; create it or correct its name',
    ],
    [
      'does not lead to the Service',
      { main: ingress('shop', [path('images')]), canary: undefined },
      'has no path that leads to shop of namespace demo',
    ],
    [
      'leads there by its default backend alone',
      { main: { spec: { defaultBackend: { service: { name: 'shop' } } } }, canary: undefined },
      'leads to the Service by its default backend only; write a rule with a path',
    ],
    [
      'leads there by its default backend too',
      {
        main: {
          ...main,
          spec: {
            ...main.spec,
            defaultBackend: { service: { name: 'shop', port: { number: 80 } } },
          },
        },
      },
      'also leads to the Service by its default backend, to which weights do not apply; write a rule with a path instead',
    ],
    [
      'is a canary itself',
      {
        main: ingress('shop', [path('shop')], { [nginx('canary')]: 'true' }),
        canary: undefined,
      },
      'is a canary itself; name the Ingress that it is the canary of',
    ],
    [
      'has another canary for its host and path',
      { others: [rival('/')] },
      'has another canary for shop.test/: rival; remove that',
    ],
    [
      "would get an Ingress that is not Belay's",
      { canary: ingress('shop-canary', [path('v9')]) },
      'would have the canary shop-canary, which Belay did not create; remove it',
    ],
  ])('is refused if it %s', (_what, changed, refusal) => {
    expect(readIngress(ingresses(changed), context).refusals).toEqual([refusal]);
  });

  it('is not refused for a canary of another path', () => {
    expect(readIngress(ingresses({ others: [rival('/v9')] }), context).refusals).toEqual([]);
  });
});

describe('writing a weight to an Ingress', () => {
  it('tests every annotation that it relies on', () => {
    const tested = steps(canary, { weight: 20 });
    expect(tested).toContainEqual({
      op: 'test',
      path: '/metadata/annotations/nginx.ingress.kubernetes.io~1canary-weight',
      value: '0',
    });
    expect(tested).toContainEqual({
      op: 'add',
      path: '/metadata/annotations/nginx.ingress.kubernetes.io~1canary-weight',
      value: '20',
    });
  });

  it('is refused where someone else changed the weight, but never for 0', () => {
    const changed = annotated({ [nginx('canary-weight')]: '90' });
    expect(() => steps(changed, { weight: 20 })).toThrow(
      'gives shop-canary 90 %, not the 0 % that Belay wrote',
    );
    expect(steps(changed, { weight: 0 })).toContainEqual(
      expect.objectContaining({ op: 'add', value: '0' }),
    );
  });

  it('counts a weight of another total in percent', () => {
    const total = annotated({
      [nginx('canary-weight-total')]: '1000',
      [nginx('canary-weight')]: '50',
    });
    expect(readIngress(ingresses({ canary: total }), context).weight).toBe(5);
  });

  it("takes out others' canary rules when it corrects", () => {
    const changed = annotated({ [nginx('canary-by-cookie')]: 'beta' });
    expect(steps(changed, { weight: 20, correcting: true })).toContainEqual({
      op: 'remove',
      path: '/metadata/annotations/nginx.ingress.kubernetes.io~1canary-by-cookie',
    });
  });

  it('follows the paths of the Ingress when it corrects', () => {
    const widened = ingress('shop', [path('shop'), path('shop', '/api')]);
    const reading = readIngress(ingresses({ main: widened }), context);
    expect(reading.drift).toEqual(['and shop-canary have different paths']);
    const order = { weight: 0, correcting: true };
    expect(orderSteps({ main: widened, canary }, reading, order, 'shop-canary')).toContainEqual({
      op: 'add',
      path: '/spec/rules',
      value: [
        { host: 'shop.test', http: { paths: [path('shop-canary'), path('shop-canary', '/api')] } },
      ],
    });
  });

  it("never writes an Ingress that is not Belay's", () => {
    const foreign = ingress('shop-canary', [path('v9')]);
    expect(steps(foreign, { weight: 0 })).toBe('as-wanted');
    expect(() => steps(foreign, { weight: 20 })).toThrow("shop-canary is not Belay's");
  });

  it('leaves its fence at 0, and at any other weight writes nothing twice', () => {
    expect(steps(canary, { weight: 0 })).toEqual([]);
    const at20 = annotated({ [nginx('canary-weight')]: '20', 'belay.dev/weight': '20' });
    expect(steps(at20, { weight: 20 })).toBe('as-wanted');
  });
});
