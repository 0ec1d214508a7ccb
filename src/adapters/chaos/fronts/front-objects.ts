import { createHash, randomBytes } from 'node:crypto';
import type { V1OwnerReference, V1Pod, V1Secret } from '@kubernetes/client-node';
import type { OpenTracksOrder, ServiceName } from '../../../contracts/chaos/service-tracks.ts';
import {
  frontDrainsMs,
  frontSettlesMs,
  frontVariables,
  type FrontSettings,
} from '../../../contracts/chaos/track-front.ts';
import type { ServicePlace } from '../../../specs/chaos/track-selection.ts';
import type { ApiResource } from '../../kubernetes-api/dynamic/api-resource.ts';
import { actAnnotation, makerAnnotations } from '../made-by.ts';

/** No kind that playbooks may name. */
export const secrets: ApiResource = {
  ...{ group: '', version: 'v1', plural: 'secrets', kind: 'Secret', isNamespaced: true, verbs: [] },
};

/** As pods of a canary have it, too: no rollout takes a pod with this label for one of another workload. */
export const trackLabel = 'belay.dev/track';
export const frontLabels = { [trackLabel]: 'front' } as const;
const managedLabels = { 'app.kubernetes.io/managed-by': 'belay' } as const;

/** By which meshes leave a pod alone where its namespace has them put a proxy into each. Some read labels, others annotations. */
const withoutProxy = {
  'sidecar.istio.io/inject': 'false',
  'istio.io/dataplane-mode': 'none',
  'linkerd.io/inject': 'disabled',
  'kuma.io/sidecar-injection': 'disabled',
  'consul.hashicorp.com/connect-inject': 'false',
  'openservicemesh.io/sidecar-injection': 'disabled',
} as const;

/** Those of a pod that divides the requests of a Service with this selector. */
export function labelsOfFront(selector: Readonly<Record<string, string>>): Record<string, string> {
  return { ...withoutProxy, ...managedLabels, ...selector, ...frontLabels };
}

const tokenKey = 'token';
const longestName = 63;
/** Whatever becomes of everybody else, the kubelet ends the pod so long after its tracks should have ended. */
const spareMs = 2 * 60_000;
const program = '/app/dist/src/track-front/main.js';
const controlPorts = [15_432, 15_433];
const firstUnprivilegedPort = 1_024;

/** One at a time for each Service: the name keeps a second run from opening tracks of it. */
export function frontNameOf({ service }: Pick<ServicePlace, 'service'>): string {
  const name = `belay-tracks-${service}`;
  if (name.length <= longestName) return name;
  const hash = createHash('sha256').update(service).digest('hex').slice(0, 8);
  return `${name.slice(0, longestName - hash.length - 1).replace(/-+$/, '')}-${hash}`;
}

/** Of one act alone: a pod must not start with the secret that an earlier one has left. */
export function secretNameOf(place: Pick<ServicePlace, 'service'>, act: string): string {
  return `${frontNameOf(place)}-${createHash('sha256').update(act).digest('hex').slice(0, 8)}`;
}

export interface FrontPlan {
  name: ServiceName & { place: ServicePlace };
  order: OpenTracksOrder;
  image: string;
  version: string;
  /** Of stable, by now. */
  readyPods: number;
  /** Where clients reach it: the number, and the name that the Service may know it by. */
  port: { number: number; name?: string };
  selector: Readonly<Record<string, string>>;
  /** As much as each pod of stable asks for: an autoscaler that counts this one, too, then wants as many pods as before. */
  requests: Requests;
  /** Its controller: so no other one adopts the pod, and it goes with the Service. */
  service: { name: string; uid: string };
  maker: { workflowId: string; installation: string };
}

/** Of a pod: in cores, and in bytes. */
export interface Requests {
  cpu: number;
  memory: number;
}

const leastCpu = 0.1;
const leastMemory = 96 * 2 ** 20;
const memoryLimit = 256 * 2 ** 20;

function controlPortOf(port: number): number {
  return controlPorts.find((each) => each !== port) ?? 0;
}

export function planFrontPod(plan: FrontPlan): V1Pod {
  const { name, order, readyPods, image, version, port, selector, requests, service, maker } = plan;
  const { namespace } = name.place;
  const controlPort = controlPortOf(port.number);
  const settings: FrontSettings = {
    ...{ ...name, version, port: port.number, controlPort, order, readyPods },
  };
  const own = frontNameOf(name.place);
  const act = `${order.fence.rolloutId}/${order.fence.step}`;
  const cpu = Math.max(requests.cpu, leastCpu);
  const memory = Math.max(requests.memory, leastMemory);
  return {
    ...{ apiVersion: 'v1', kind: 'Pod' },
    metadata: {
      ...{ name: own, namespace },
      labels: labelsOfFront(selector),
      annotations: {
        ...withoutProxy,
        [actAnnotation]: act,
        ...makerAnnotations(maker),
      },
      ownerReferences: [
        controlledBy({ apiVersion: 'v1', kind: 'Service', name: service.name, uid: service.uid }),
      ],
    },
    spec: {
      ...{ restartPolicy: 'Never', automountServiceAccountToken: false, enableServiceLinks: false },
      activeDeadlineSeconds: Math.ceil((order.longestMs + spareMs) / 1_000),
      terminationGracePeriodSeconds: Math.ceil((frontSettlesMs + 2 * frontDrainsMs) / 1_000),
      securityContext: {
        ...{ runAsNonRoot: true, runAsUser: 65_532, runAsGroup: 65_532 },
        seccompProfile: { type: 'RuntimeDefault' },
        ...(port.number < firstUnprivilegedPort && {
          sysctls: [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '0' }],
        }),
      },
      containers: [
        {
          ...{ name: 'belay-track-front', image, args: [program] },
          env: [
            { name: frontVariables.settings, value: JSON.stringify(settings) },
            {
              name: frontVariables.token,
              valueFrom: { secretKeyRef: { name: secretNameOf(name.place, act), key: tokenKey } },
            },
          ],
          ports: [
            { containerPort: port.number, ...(port.name !== undefined && { name: port.name }) },
            { containerPort: controlPort, name: 'belay-control' },
          ],
          readinessProbe: {
            httpGet: { path: '/ready', port: controlPort },
            ...{ periodSeconds: 1, failureThreshold: 1, timeoutSeconds: 1 },
          },
          resources: {
            requests: { cpu: `${Math.ceil(1_000 * cpu)}m`, memory: String(Math.ceil(memory)) },
            limits: { memory: String(Math.ceil(Math.max(memory, memoryLimit))) },
          },
          securityContext: {
            ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
            capabilities: { drop: ['ALL'] },
          },
        },
      ],
    },
  };
}

/** Goes with its pod. */
export function planToken(place: ServicePlace, pod: { uid: string; act: string }): V1Secret {
  const owner = { apiVersion: 'v1', kind: 'Pod', name: frontNameOf(place), uid: pod.uid };
  return {
    ...{ apiVersion: 'v1', kind: 'Secret', type: 'Opaque', immutable: true },
    metadata: {
      ...{ name: secretNameOf(place, pod.act), namespace: place.namespace },
      ownerReferences: [controlledBy(owner)],
    },
    stringData: { [tokenKey]: randomBytes(32).toString('hex') },
  };
}

/** Undefined where it is the secret of an earlier pod of this name. */
export function readToken({ metadata, data }: V1Secret, podUid: string): string | undefined {
  const isOwn = metadata?.ownerReferences?.some(({ uid }) => uid === podUid) === true;
  const encoded = data?.[tokenKey];
  return isOwn && encoded !== undefined ? Buffer.from(encoded, 'base64').toString() : undefined;
}

function controlledBy(owner: Omit<V1OwnerReference, 'controller' | 'blockOwnerDeletion'>) {
  return { ...owner, controller: true, blockOwnerDeletion: false };
}
