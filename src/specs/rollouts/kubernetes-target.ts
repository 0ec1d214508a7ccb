import * as z from 'zod';
import type { Finding, Unfinished } from '../kernel/finding.ts';
import { judgedBy } from '../kernel/finding.ts';
import { objectLabels } from './object-labels.ts';
import { duration, mapping, text, wholeNumber } from '../kernel/written.ts';

/** A Deployment, and how its traffic is divided. */
export interface KubernetesTarget {
  platform: 'kubernetes';
  /** Context of the kubeconfig; absent: the current one, or the cluster the worker runs in. */
  context?: string;
  namespace: string;
  /** Absent: the name of the service. */
  deployment?: string;
  /** Absent: by replica ratio. */
  router?: RouterSpec;
  /** Two permanent Deployments side by side, instead of one. Blue-green only. */
  colours?: ColoursSpec;
  /** On everything that Belay creates for a rollout, canary pods too. */
  labels?: Record<string, string>;
  /** Container port for smoke tests and warm-up. Absent: the target port of the Service. */
  port?: number;
  metrics: PodMetricsSpec;
}

export type RouterSpec =
  | { gatewayApi: { route: string; settleMs: number } }
  | { nginx: { ingress: string; settleMs: number; controller?: string } }
  | { istio: { virtualService: string; settleMs: number } };

export interface ColoursSpec {
  /** Names of the two Deployments. */
  blue: string;
  green: string;
  /** The Service whose selector decides which of them is live. */
  service: string;
}

/** Where every pod serves its request counters, in the Prometheus text format. */
export interface PodMetricsSpec {
  path: string;
  /** Absent: the target's port. */
  port?: number;
}

const objectName = (whose: string) =>
  text(
    `write the name of the ${whose}: lowercase letters, digits, "-" and "."`,
    /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/,
  );
const portNumber = () => wholeNumber(1, 65_535);

const longestSettlingMs = 60_000;

const settle = () =>
  duration(0, longestSettlingMs)
    .prefault('3s')
    .describe(
      'How long to wait for the router to apply a change before capacity is removed. At most 1m. Default: 3s.',
    );

const gatewayApi = mapping({
  route: objectName('HTTPRoute').describe('Name of the HTTPRoute that routes to the Service.'),
  settle: settle(),
}).transform(({ route, settle: settleMs }) => ({ route, settleMs }));

const nginx = mapping({
  ingress: objectName('Ingress').describe('Name of the Ingress that routes to the Service.'),
  controller: text(
    'write spec.controller of the IngressClass, such as k8s.io/internal-ingress-nginx',
    /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?\/\S+$/,
  )
    .exactOptional()
    .describe(
      "Controller of the Ingress's class, if it supports ingress-nginx's canary annotations under another name. Default: only k8s.io/ingress-nginx is accepted.",
    ),
  settle: settle(),
}).transform(({ settle: settleMs, ...rest }) => ({ ...rest, settleMs }));

const istio = mapping({
  virtualService: objectName('VirtualService').describe(
    'Name of the VirtualService that routes to the Service.',
  ),
  settle: settle(),
}).transform(({ virtualService, settle: settleMs }) => ({ virtualService, settleMs }));

const routerSchema = mapping({
  gatewayApi: gatewayApi.exactOptional().describe('Gateway API: an HTTPRoute.'),
  nginx: nginx.exactOptional().describe("An Ingress with ingress-nginx's canary annotations."),
  istio: istio.exactOptional().describe('Istio: a VirtualService.'),
})
  .meta({ minProperties: 1, maxProperties: 1 })
  .check(judgedBy(judgeRouter))
  .transform((router) => router as RouterSpec)
  .describe('How traffic is divided by weight. Default: by replica ratio, without a router.');

const coloursSchema = mapping({
  blue: objectName('blue Deployment').describe('Name of the blue Deployment.'),
  green: objectName('green Deployment').describe('Name of the green Deployment.'),
  service: objectName('Service').describe(
    'Name of the Service whose selector decides which colour is live.',
  ),
})
  .check(judgedBy(judgeColours))
  .describe(
    'Two permanent Deployments side by side, instead of deployment and router. Blue-green only.',
  );

export const kubernetesTarget = mapping({
  platform: z.literal('kubernetes').describe('The platform: kubernetes.'),
  context: text('write the name of a context of the kubeconfig')
    .exactOptional()
    .describe('Context of the kubeconfig. Default: the current one, or the cluster Belay runs in.'),
  namespace: text(
    'write the name of a namespace: lowercase letters, digits and "-"',
    /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
  ).describe('Namespace of the Deployment.'),
  deployment: objectName('Deployment')
    .exactOptional()
    .describe('Name of the Deployment. Default: the name of the service.'),
  router: routerSchema.exactOptional(),
  colours: coloursSchema.exactOptional(),
  labels: objectLabels
    .exactOptional()
    .describe(
      "Labels of everything that Belay creates: the canary's ReplicaSet with its pods, its Service and Ingress, and kept templates. Labels that the release does not have keep the Deployment from adopting the canary's pods.",
    ),
  port: portNumber()
    .exactOptional()
    .describe(
      'Container port for smoke tests and warm-up. Default: the target port of the Service.',
    ),
  metrics: mapping({
    path: text('write a path that begins with "/", such as /metrics', /^\/\S*$/)
      .prefault('/metrics')
      .describe('HTTP path of the counters. Default: /metrics.'),
    port: portNumber().exactOptional().describe("Container port. Default: the target's port."),
  })
    .prefault({})
    .describe('Where every pod serves its request counters, in the Prometheus text format.'),
}).check(judgedBy(judgeTarget));

const routers = ['gatewayApi', 'nginx', 'istio'];

function judgeRouter(router: Unfinished, isRefused: boolean): Finding[] {
  const given = routers.filter((name) => router[name] !== undefined);
  if (given.length === 1 || (given.length === 0 && isRefused)) return [];
  const message =
    given.length === 0
      ? `empty; write one of ${routers.join(', ')}, or leave router out for replica ratio`
      : `${given.join(' and ')} are given together; keep the one that leads to the service`;
  return [{ path: [], message }];
}

function judgeColours({ blue, green }: Unfinished): Finding[] {
  if (blue === undefined || blue !== green) return [];
  return [{ path: ['green'], message: 'the same Deployment as blue; name the other one' }];
}

/** With colours, the Service is switched between two Deployments that have their own names. */
function judgeTarget(target: Unfinished): Finding[] {
  if (target['colours'] === undefined) return [];
  const refused = (key: string, message: string): Finding[] =>
    target[key] === undefined ? [] : [{ path: [key], message }];
  return [
    ...refused('router', 'with colours the Service is switched, not weighted; keep one of them'),
    ...refused('deployment', 'colours name the two Deployments; leave it out'),
    ...refused('labels', 'with colours Belay creates nothing that could have labels; leave it out'),
  ];
}
