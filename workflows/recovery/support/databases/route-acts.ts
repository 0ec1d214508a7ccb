import type { Route } from '../../../../src/specs/recovery/route.ts';
import type { Fencing } from '../../../kernel/fencing.ts';
import { createRouterActs, type RouteActs } from './router-acts.ts';
import { createServiceRouteActs } from './service-route-acts.ts';

export function createRouteActs(route: Route, fencing: Pick<Fencing, 'next'>): RouteActs {
  return route.kind === 'service'
    ? createServiceRouteActs(route, fencing)
    : createRouterActs(route, fencing);
}
