import { expect, test } from 'vitest';
import { refusals } from '../../../../src/adapters/kubernetes/state/refusals.ts';
import { unreachedRefusals } from '../../../../src/adapters/kubernetes/state/refuse-unreached.ts';
import {
  podsOf,
  replicaSet,
  shopObjects,
  shopRef,
  shopService,
  stableShop,
  template,
} from './shop-objects.ts';

function namedPort(targetPort: string, name = 'shop') {
  const service = shopService({ app: 'shop' }, name);
  return { ...service, spec: { ...service.spec, ports: [{ port: 80, targetPort }] } };
}

test('a Service with a port that no container names is refused before the start', () => {
  const objects = shopObjects({ services: [namedPort('http')] });
  const wanted = { release: { version: 'v3', image: 'shop:v3' }, way: 'beside' } as const;
  expect(refusals(shopRef, objects, wanted)).toEqual([
    'Service shop reaches none of the ready pods of Deployment shop: no container has a port named http; ' +
      'name it in the pod template, or write its number as targetPort',
  ]);
});

test('one without endpoints may have been created a moment ago', () => {
  expect(unreachedRefusals(shopObjects({ endpointSlices: [] }))).toEqual([
    expect.stringMatching(/^Service shop reaches none .* wait a moment$/),
  ]);
});

test('one that others use is not refused while another leads to stable', () => {
  const services = [shopService(), namedPort('http', 'metrics')];
  expect(unreachedRefusals(shopObjects({ services }))).toEqual([]);
});

test('where no pod of stable is ready, no Service is refused: a bad release must be replaceable', () => {
  const pods = podsOf(replicaSet('shop-c', 3, template('v2')), 2, false);
  const objects = shopObjects({ stable: { ...stableShop(), pods }, endpointSlices: [] });
  expect(unreachedRefusals(objects)).toEqual([]);
});
