import { describe, expect, it } from 'vitest';
import type { PatchStep } from '../../../../src/adapters/kubernetes-api/cluster-api.ts';
import type {
  HttpBackendRef,
  HttpRoute,
} from '../../../../src/adapters/kubernetes-api/custom-objects.ts';
import { httpRoutes } from '../../../../src/adapters/kubernetes/routing/http-route.ts';
import { readRoute } from '../../../../src/adapters/kubernetes/routing/read-route.ts';
import {
  restoreSteps,
  weightSteps,
} from '../../../../src/adapters/kubernetes/routing/route-steps.ts';
import { virtualServices } from '../../../../src/adapters/kubernetes/routing/virtual-service.ts';
import { backend, destination, httpRoute, virtualService } from './routes.ts';

const context = { namespace: 'demo', services: ['shop'], canary: 'shop-canary' };
const dialect = httpRoutes.backends('demo');

function order(route: HttpRoute, weight: number, correcting = false): PatchStep[] {
  const view = readRoute(route, httpRoutes, context);
  return weightSteps({ ...view, service: 'shop' }, { ...context, weight, correcting }, dialect);
}

/** What the API server makes of the steps: those that this router writes. */
function patched(route: HttpRoute, steps: PatchStep[]): HttpRoute {
  const copy = structuredClone(route);
  const annotations = { ...copy.metadata?.annotations };
  for (const step of steps) {
    const rule = /^\/spec\/rules\/(\d+)\/backendRefs$/.exec(step.path)?.[1];
    const note = /^\/metadata\/annotations\/(.+)$/.exec(step.path)?.[1]?.replaceAll('~1', '/');
    if (rule !== undefined && step.op === 'replace') {
      copy.spec!.rules![Number(rule)]!.backendRefs = step.value as HttpBackendRef[];
    }
    if (note !== undefined && step.op === 'add') annotations[note] = step.value as string;
    if (note !== undefined && step.op === 'remove') Reflect.deleteProperty(annotations, note);
  }
  return { ...copy, metadata: { ...copy.metadata, annotations } };
}

const atWeight = (route: HttpRoute, weight: number) => patched(route, order(route, weight));
const restored = (route: HttpRoute) =>
  patched(route, restoreSteps(readRoute(route, httpRoutes, context), 'shop-canary', dialect));
const backendsOf = (route: HttpRoute) => route.spec?.rules?.map((rule) => rule.backendRefs);

describe('writing a weight to an HTTPRoute', () => {
  it('divides every rule that leads to the Service, and leaves all else as it is', () => {
    const route = httpRoute(
      [backend('shop', 1, { port: 8080 })],
      [backend('images')],
      [backend('old-shop', 0), backend('shop')],
    );
    expect(backendsOf(atWeight(route, 20))).toEqual([
      [backend('shop', 80, { port: 8080 }), backend('shop-canary', 20, { port: 8080 })],
      [backend('images')],
      [backend('old-shop', 0), backend('shop', 80), backend('shop-canary', 20)],
    ]);
  });

  it('tests every list of backends that it replaces', () => {
    const steps = order(httpRoute([backend('shop')]), 20);
    expect(steps[0]).toEqual({
      op: 'test',
      path: '/spec/rules/0/backendRefs',
      value: [backend('shop')],
    });
  });

  it('writes nothing where the weight is there already', () => {
    expect(order(atWeight(httpRoute([backend('shop')]), 20), 20)).toEqual([]);
  });

  it('takes the canary out of a rule that someone divided with a third, and leaves the third', () => {
    const route = atWeight(httpRoute([backend('shop')]), 20);
    route.spec!.rules![0]!.backendRefs!.push(backend('legacy', 30));
    expect(backendsOf(atWeight(route, 0))).toEqual([
      [backend('shop', 100), backend('shop-canary', 0), backend('legacy', 30)],
    ]);
  });

  it('puts a rule that someone divided with a third back when it corrects', () => {
    const route = atWeight(httpRoute([backend('shop')]), 20);
    route.spec!.rules![0]!.backendRefs!.push(backend('legacy', 30));
    expect(backendsOf(patched(route, order(route, 20, true)))).toEqual([
      [backend('shop', 80), backend('shop-canary', 20)],
    ]);
  });

  it('never sends everything nowhere when someone took the Service out', () => {
    const route = atWeight(httpRoute([backend('shop')]), 20);
    route.spec!.rules![0]!.backendRefs = [backend('shop-canary', 100)];
    expect(backendsOf(atWeight(route, 0))).toEqual([
      [backend('shop', 100), backend('shop-canary', 0)],
    ]);
  });
});

describe('giving an HTTPRoute back', () => {
  const original = httpRoute(
    [backend('shop', 7, { port: 8080 })],
    [backend('images')],
    [backend('old-shop', 0), backend('shop')],
  );

  it('restores it exactly, whatever weights it had meanwhile', () => {
    const divided = [5, 20, 100, 0].reduce(atWeight, original);
    expect(restored(divided).spec).toEqual(original.spec);
    expect(restored(divided).metadata?.annotations).toEqual({});
  });

  it('keeps a rule that someone put in front, and still restores its own', () => {
    const divided = atWeight(original, 20);
    divided.spec!.rules!.unshift({ backendRefs: [backend('news')] });
    expect(backendsOf(restored(divided))).toEqual([
      [backend('news')],
      ...(backendsOf(original) ?? []),
    ]);
  });

  it('has nothing to do for a route that never had a weight', () => {
    const view = readRoute(original, httpRoutes, context);
    expect(restoreSteps(view, 'shop-canary', dialect)).toEqual([]);
  });
});

describe('writing a weight to a VirtualService', () => {
  it('names the canary in the same form as the Service', () => {
    const host = 'shop.demo.svc.cluster.local';
    const view = readRoute(virtualService([destination(host)]), virtualServices, context);
    const steps = weightSteps(
      { ...view, service: 'shop' },
      { ...context, weight: 25, correcting: false },
      virtualServices.backends('demo'),
    );
    expect(steps[1]).toEqual({
      op: 'replace',
      path: '/spec/http/0/route',
      value: [destination(host, 75), destination('shop-canary.demo.svc.cluster.local', 25)],
    });
  });
});
