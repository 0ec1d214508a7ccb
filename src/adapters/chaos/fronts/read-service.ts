import type {
  V1OwnerReference,
  V1Pod,
  V1PodDisruptionBudget,
  V1Service,
  V1ServicePort,
  V2HorizontalPodAutoscaler,
} from '@kubernetes/client-node';
import type { ServicePlace } from '../../../specs/chaos/track-selection.ts';
import { isBeingDeleted, isReady } from '../../kubernetes-api/objects/pod-view.ts';
import { frontLabels, trackLabel } from './front-objects.ts';

/** A Service as it was read, and what around it decides whether its requests can be divided. */
export interface ReadService {
  service: V1Service;
  /** Those that it selects, without the front of an experiment. */
  pods: readonly V1Pod[];
  /** The fronts of its namespace, of whatever Service, that live. */
  fronts: readonly V1Pod[];
  /** All of its namespace. */
  services: readonly V1Service[];
  budgets: readonly V1PodDisruptionBudget[];
  autoscalers: readonly V2HorizontalPodAutoscaler[];
}

function isFront({ metadata }: V1Pod): boolean {
  return metadata?.labels?.[trackLabel] === frontLabels[trackLabel];
}

/** Without the front of an experiment. */
export function livingPods(pods: readonly V1Pod[]): V1Pod[] {
  return living(pods).filter((pod) => !isFront(pod));
}

export function living(pods: readonly V1Pod[]): V1Pod[] {
  return pods.filter(
    (pod) => !isBeingDeleted(pod) && !['Succeeded', 'Failed'].includes(pod.status?.phase ?? ''),
  );
}

export function controllerOf({ metadata }: V1Pod): V1OwnerReference | undefined {
  return metadata?.ownerReferences?.find(({ controller }) => controller === true);
}

/** Set by Kubernetes on the pods of a Deployment, and part of the selector of their ReplicaSet. */
export const templateHash = 'pod-template-hash';

/** Those that scale the Deployment of these pods. */
export function autoscalersOf({ autoscalers, pods }: ReadService): V2HorizontalPodAutoscaler[] {
  const controllers = new Set(
    pods.map((pod) => {
      const hash = pod.metadata?.labels?.[templateHash] ?? '';
      return controllerOf(pod)?.name.replace(new RegExp(`-${hash}$`), '');
    }),
  );
  return autoscalers.filter(({ spec }) => {
    const { kind, name } = spec?.scaleTargetRef ?? {};
    return kind === 'Deployment' && controllers.has(name);
  });
}

/** Of one port: where it leads in this pod; undefined where the pod does not declare it. */
export function targetPortOf({ port, targetPort = port }: V1ServicePort, pod: V1Pod) {
  if (typeof targetPort === 'number') return targetPort;
  const declared = (pod.spec?.containers ?? []).flatMap(({ ports = [] }) => ports);
  return declared.find(({ name }) => name === targetPort)?.containerPort;
}

/** The images of a pod's containers, which its release is called by. */
export function imagesOf({ spec }: V1Pod): string {
  return (spec?.containers ?? []).map(({ image = '' }) => image).join(', ');
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
