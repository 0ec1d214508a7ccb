import type {
  V1Pod,
  V1PodDisruptionBudget,
  V1Service,
  V1ServicePort,
} from '@kubernetes/client-node';
import type { ServicePlace } from '../../../specs/chaos/track-selection.ts';
import { matches, selects } from '../../kubernetes-api/objects/selectors.ts';
import { isBeingDeleted, isReady } from '../../kubernetes-api/objects/pod-view.ts';
import { frontLabels, trackLabel } from './front-objects.ts';

/** A Service as it was read, and what around it decides whether its requests can be divided. */
export interface ReadService {
  service: V1Service;
  /** Those that it selects, without the front of an experiment. */
  pods: readonly V1Pod[];
  /** All of its namespace. */
  services: readonly V1Service[];
  budgets: readonly V1PodDisruptionBudget[];
}

function isFront({ metadata }: V1Pod): boolean {
  return metadata?.labels?.[trackLabel] === frontLabels[trackLabel];
}

export function livingPods(pods: readonly V1Pod[]): V1Pod[] {
  return pods.filter(
    (pod) =>
      !isFront(pod) &&
      !isBeingDeleted(pod) &&
      !['Succeeded', 'Failed'].includes(pod.status?.phase ?? ''),
  );
}

/** Of one port: where it leads in this pod; undefined where the pod does not declare it. */
export function targetPortOf({ port, targetPort = port }: V1ServicePort, pod: V1Pod) {
  if (typeof targetPort === 'number') return targetPort;
  const declared = (pod.spec?.containers ?? []).flatMap(({ ports = [] }) => ports);
  return declared.find(({ name }) => name === targetPort)?.containerPort;
}

/** The images of a pod's containers, which its release is called by. */
function imagesOf({ spec }: V1Pod): string {
  return (spec?.containers ?? []).map(({ image = '' }) => image).join(', ');
}

const plainPorts = [80, 8080];
const knownProxies = ['istio-proxy', 'linkerd-proxy'];
/** Set by Kubernetes on the pods of a Deployment, and part of the selector of their ReplicaSet. */
const templateHash = 'pod-template-hash';
/** What a rollout remembers of a Service that it has pointed elsewhere. */
const rolloutAnnotation = 'belay.dev/before';

/** Every reason why the requests of this Service cannot be divided between two tracks; empty: they can be. */
export function refuseService(read: ReadService): string[] {
  return [...refuseForm(read.service), ...refusePods(read), ...refuseAround(read)];
}

function refuseForm({ metadata, spec = {} }: V1Service): string[] {
  const { type, clusterIP, sessionAffinity, publishNotReadyAddresses } = spec;
  const { selector = {}, ports = [] } = spec;
  const isSelecting = type !== 'ExternalName' && Object.keys(selector).length > 0;
  const [port] = ports;
  return [
    ...(isSelecting ? [] : ['the Service selects no pods']),
    ...(clusterIP === 'None'
      ? ['the Service is headless: its clients choose a pod by themselves, and keep to it']
      : []),
    ...(sessionAffinity === 'ClientIP'
      ? [
          'the Service keeps a client to one pod (sessionAffinity: ClientIP), so that no share of its requests is at random',
        ]
      : []),
    ...(ports.length === 1
      ? []
      : [`the Service has ${ports.length} ports; only one can be divided`]),
    ...(port !== undefined && (port.protocol ?? 'TCP') !== 'TCP'
      ? [`its port is of ${port.protocol}, and only HTTP/1.1 can be divided`]
      : []),
    ...(port === undefined ? [] : refuseProtocol(port)),
    ...(publishNotReadyAddresses === true
      ? [
          'the Service sends requests to pods that are not ready (publishNotReadyAddresses), also to that of Belay',
        ]
      : []),
    ...(metadata?.annotations?.[rolloutAnnotation] === undefined
      ? []
      : ['a rollout has pointed the Service to some of its pods']),
  ];
}

/** A protocol that is not named is taken from the port, as clients do it: nothing else tells of it. */
function refuseProtocol({ name = '', port, appProtocol }: V1ServicePort): string[] {
  if (appProtocol === 'http') return [];
  if (appProtocol !== undefined) {
    return [`its port is of ${appProtocol}, and only HTTP/1.1 can be divided`];
  }
  if (/^http(-|$)/.test(name) || (name === '' && plainPorts.includes(port))) return [];
  return [
    `nothing says that its port ${name || port} speaks HTTP/1.1, and only that can be divided; where it does, set appProtocol: http, or name it http`,
  ];
}

function refusePods({ service, pods }: ReadService): string[] {
  if (pods.length === 0) return [];
  const [port] = service.spec?.ports ?? [];
  const numbers = new Set(pods.map((pod) => port && targetPortOf(port, pod)));
  const images = new Set(pods.map(imagesOf));
  const controllers = pods.map(({ metadata }) =>
    metadata?.ownerReferences?.find(({ controller }) => controller === true),
  );
  const others = pods.filter(
    ({ metadata }, index) =>
      controllers[index]?.kind !== 'ReplicaSet' || metadata?.labels?.[templateHash] === undefined,
  );
  const meshed = pods.some(({ spec }) =>
    [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].some(({ name }) =>
      knownProxies.includes(name),
    ),
  );
  return [
    ...(others.length === 0
      ? []
      : [
          `${others.length} of its pods are not of a Deployment (${others[0]?.metadata?.name}): another controller could take the pod of Belay for one of its own`,
        ]),
    ...(templateHash in (service.spec?.selector ?? {})
      ? [
          `the Service selects by ${templateHash}: the ReplicaSet would take the pod of Belay for one of its own`,
        ]
      : []),
    ...(images.size > 1 ? [`its pods run different releases: ${[...images].join('; ')}`] : []),
    ...(port !== undefined && (numbers.size > 1 || numbers.has(undefined))
      ? [`its pods do not all have the port ${port.targetPort ?? port.port} at one number`]
      : []),
    ...(pods.some(({ spec }) => spec?.hostNetwork === true)
      ? ['its pods are on the network of their nodes']
      : []),
    ...(meshed
      ? [
          'its pods have the proxy of a service mesh, which would not let the pod of Belay answer in their place',
        ]
      : []),
  ];
}

/** What else would take the pod of Belay for one of the pods of stable, by its labels. */
function refuseAround({ service, services, budgets, pods }: ReadService): string[] {
  const labels = { ...service.spec?.selector, ...frontLabels };
  const [port] = service.spec?.ports ?? [];
  const [pod] = pods;
  const own = port && pod && targetPortOf(port, pod);
  const elsewhere = services.filter(
    (each) =>
      each.metadata?.name !== service.metadata?.name &&
      selects(each.spec?.selector, labels) &&
      (each.spec?.ports ?? []).some((other) => pod && targetPortOf(other, pod) !== own),
  );
  const counting = budgets.filter(({ spec }) => spec?.selector && matches(spec.selector, labels));
  return [
    ...elsewhere.map(
      ({ metadata }) =>
        `Service ${metadata?.name} would send requests to the pod of Belay, at another port; give it a selector of its own`,
    ),
    ...counting.map(
      ({ metadata }) =>
        `PodDisruptionBudget ${metadata?.name} would count the pod of Belay as one of the service, and let one more be evicted`,
    ),
  ];
}

/** The whole of what stable is, as an experiment needs it. */
export function stableOf(pods: readonly V1Pod[]) {
  return {
    version: imagesOf(pods[0] ?? {}),
    ...{ wanted: pods.length, ready: pods.filter(isReady).length },
  };
}

export function isAllowedBy(pods: readonly V1Pod[]): boolean {
  return (
    pods.length > 0 &&
    pods.every(({ metadata }) => metadata?.labels?.['belay.dev/chaos'] === 'allowed')
  );
}

/** Where the place names one. */
export function titleOfService({ namespace, service }: ServicePlace): string {
  return `Service ${namespace}/${service}`;
}
