import type {
  HttpBackendRef,
  HttpRoute,
  IstioDestination,
  RouteCondition,
  VirtualService,
} from '../../../../src/adapters/kubernetes-api/custom-objects.ts';

/** As the API server stores it: with the defaults of every field. */
export const backend = (name: string, weight = 1, extra: Partial<HttpBackendRef> = {}) => ({
  group: '',
  kind: 'Service',
  name,
  port: 80,
  weight,
  ...extra,
});

export function httpRoute(...rules: HttpBackendRef[][]): HttpRoute {
  return {
    metadata: { name: 'shop', namespace: 'demo', generation: 3 },
    spec: {
      parentRefs: [{ name: 'public' }],
      rules: rules.map((backendRefs) => ({ backendRefs })),
    },
    status: { parents: [answer()] },
  };
}

type ParentStatus = NonNullable<NonNullable<HttpRoute['status']>['parents']>[number];

const condition = (type: string, change: Partial<RouteCondition> = {}): RouteCondition => ({
  type,
  status: 'True',
  observedGeneration: 3,
  ...change,
});

/** What a gateway says of the route: all is well with generation 3, but for these changes. */
export function answer(
  changed: { accepted?: Partial<RouteCondition>; resolved?: Partial<RouteCondition> } = {},
  over: Partial<ParentStatus> = {},
): ParentStatus {
  return {
    parentRef: { name: 'public' },
    controllerName: 'test/gateway',
    conditions: [
      condition('Accepted', changed.accepted),
      condition('ResolvedRefs', changed.resolved),
    ],
    ...over,
  };
}

export const destination = (host: string, weight?: number): IstioDestination => ({
  destination: { host, port: { number: 80 } },
  ...(weight !== undefined && { weight }),
});

export function virtualService(...sections: IstioDestination[][]): VirtualService {
  return {
    metadata: { name: 'shop', namespace: 'demo', generation: 3 },
    spec: { hosts: ['shop'], http: sections.map((route) => ({ route })) },
  };
}
