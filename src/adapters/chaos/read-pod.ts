import type { V1Pod } from '@kubernetes/client-node';
import type { SeenPod } from '../../contracts/chaos/pod-faults.ts';
import type { KubernetesObject } from '../kubernetes-api/dynamic/api-resource.ts';

const staticAnnotation = 'kubernetes.io/config.mirror';

export function readPod(object: KubernetesObject): SeenPod {
  const { metadata, spec, status } = object as unknown as V1Pod;
  const owner = metadata?.ownerReferences?.find(({ controller }) => controller);
  const isReady = status?.conditions?.some(
    ({ type, status: is }) => type === 'Ready' && is === 'True',
  );
  return {
    ...{ name: metadata?.name ?? '', uid: metadata?.uid ?? '', labels: metadata?.labels ?? {} },
    isReady: isReady === true,
    isEnding: metadata?.deletionTimestamp !== undefined,
    hasHostNetwork: spec?.hostNetwork === true,
    isStatic: metadata?.annotations?.[staticAnnotation] !== undefined,
    ...(spec?.priorityClassName !== undefined && { priorityClass: spec.priorityClassName }),
    ...(owner !== undefined && {
      owner: { kind: owner.kind, name: owner.name, uid: owner.uid },
    }),
  };
}

/** As the kubelet of its node has said last. One whose state nobody has said may run. */
export function runningContainersOf(object: KubernetesObject): number {
  const { status, spec } = object as unknown as V1Pod;
  const states = status?.containerStatuses;
  if (states === undefined) return spec?.containers.length ?? 0;
  return states.filter(({ state }) => state?.terminated === undefined).length;
}
