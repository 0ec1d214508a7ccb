import type { V1Ingress, V1IngressClass } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { classRefusals } from '../../../../src/adapters/kubernetes/routing/ingress-class.ts';

const nginx: V1IngressClass = {
  metadata: { name: 'nginx' },
  spec: { controller: 'k8s.io/ingress-nginx' },
};
const traefik: V1IngressClass = {
  metadata: { name: 'traefik' },
  spec: { controller: 'traefik.io/ingress-controller' },
};
const byDefault = (one: V1IngressClass): V1IngressClass => ({
  ...one,
  metadata: {
    ...one.metadata,
    annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' },
  },
});
const ofClass = (ingressClassName: string): V1Ingress => ({ spec: { ingressClassName } });
const legacy = (name: string): V1Ingress => ({
  metadata: { annotations: { 'kubernetes.io/ingress.class': name } },
});

describe('the class of an Ingress that is to carry a canary', () => {
  it.each<[string, V1Ingress, V1IngressClass[]]>([
    ['by its name', ofClass('nginx'), [traefik, nginx]],
    ['by the old annotation', legacy('nginx'), [byDefault(traefik), nginx]],
    ['by default', {}, [traefik, byDefault(nginx)]],
  ])('is accepted where it belongs to ingress-nginx: %s', (_how, ingress, classes) => {
    expect(classRefusals(ingress, classes)).toEqual([]);
  });

  const write = 'set spec.ingressClassName to a class of controller k8s.io/ingress-nginx';
  const unknown =
    "is of class traefik, whose controller traefik.io/ingress-controller is not known to read ingress-nginx's canary annotations: " +
    'it might send all requests to the canary; use a class of controller k8s.io/ingress-nginx, ' +
    'or name it in router.nginx.controller if it does read them';
  const both = 'traefik (traefik.io/ingress-controller), nginx (k8s.io/ingress-nginx)';

  it.each<[string, V1Ingress, V1IngressClass[], string]>([
    ['belongs to another controller', ofClass('traefik'), [nginx, traefik], unknown],
    ['belongs to another by the old annotation', legacy('traefik'), [nginx, traefik], unknown],
    ['belongs to another by default', {}, [nginx, byDefault(traefik)], unknown],
    [
      'does not exist',
      ofClass('public'),
      [traefik, nginx],
      `is of class public, which does not exist; there is ${both}; ${write}`,
    ],
    [
      'is not said',
      {},
      [traefik, nginx],
      `has no class, and none is the default; there is ${both}; ${write}`,
    ],
    [
      'is not said where there is no class at all',
      {},
      [],
      `has no class, and none is the default; the cluster has no IngressClass; ${write}`,
    ],
    [
      'is one of two defaults',
      {},
      [byDefault(traefik), byDefault(nginx)],
      `has no class, and traefik and nginx are both the default; there is ${both}; ${write}`,
    ],
    [
      'has no controller',
      ofClass('bare'),
      [{ metadata: { name: 'bare' } }],
      unknown.replace('traefik,', 'bare,').replace('traefik.io/ingress-controller', '(none)'),
    ],
  ])('is refused where it %s', (_what, ingress, classes, refusal) => {
    expect(classRefusals(ingress, classes)).toEqual([refusal]);
  });

  it('may belong to a controller that the spec vouches for', () => {
    expect(classRefusals(ofClass('traefik'), [traefik], 'traefik.io/ingress-controller')).toEqual(
      [],
    );
  });
});
