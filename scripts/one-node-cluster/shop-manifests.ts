/** The sample service as its users would write it: a Deployment, its Service, and a route to it. */
import type { KubernetesObject, V1Deployment } from '@kubernetes/client-node';
import { onFakeNodes } from './fake-nodes.ts';
import { shopImage } from './images/names.ts';

export interface ShopOptions {
  /** The name of the Deployment and of its Service, and the label `app`; default shop. */
  name?: string;
  version: string;
  replicas?: number;
  /** ERROR_PERCENT, LATENCY_MS, START_DELAY_MS, CRASH, UNREADY, TRACK. */
  env?: Record<string, string>;
  /** A preStop hook that sleeps; default none. */
  preStopSeconds?: number;
  /** Pods that run nothing, on fake nodes. */
  fake?: boolean;
}

export interface RouteOptions {
  namespace: string;
  /** The name of the route, and of the Service that it leads to. */
  name: string;
  /** The path prefix of the service. */
  path: string;
}

type Manifest = KubernetesObject & { spec: object };

const port = 8080;

export function shopDeployment(
  namespace: string,
  { name = 'shop', version, replicas = 2, env = {}, preStopSeconds, fake = false }: ShopOptions,
): V1Deployment {
  const container = {
    name: 'shop',
    image: shopImage(version),
    imagePullPolicy: 'Never',
    env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
    ports: [{ name: 'http', containerPort: port }],
    // A slow response of a busy machine must not end a pod.
    readinessProbe: { httpGet: { path: '/health', port }, periodSeconds: 1, timeoutSeconds: 5 },
    ...(preStopSeconds && { lifecycle: { preStop: { sleep: { seconds: preStopSeconds } } } }),
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace, name },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [container], ...(fake && onFakeNodes) },
      },
    },
  };
}

/** Port 80. */
export function shopService(namespace: string, name = 'shop'): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace, name },
    spec: { selector: { app: name }, ports: [{ name: 'http', port: 80, targetPort: port }] },
  };
}

/** For the cluster's Gateway. */
export function shopRoute({ namespace, name, path }: RouteOptions): Manifest {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { namespace, name },
    spec: {
      parentRefs: [{ name: 'belay', namespace: 'belay-gateway' }],
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value: path } }],
          backendRefs: [{ name, port: 80 }],
        },
      ],
    },
  };
}

/** With class nginx. */
export function shopIngress({ namespace, name, path }: RouteOptions): Manifest {
  const backend = { service: { name, port: { number: 80 } } };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { namespace, name },
    spec: {
      ingressClassName: 'nginx',
      rules: [{ http: { paths: [{ path, pathType: 'Prefix', backend }] } }],
    },
  };
}
