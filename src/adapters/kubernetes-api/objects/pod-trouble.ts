import type { V1Container, V1ContainerStatus, V1Pod, V1Volume } from '@kubernetes/client-node';
import { readinessTrouble, startTrouble, type ContainerView } from './container-trouble.ts';
import { oneLine } from './one-line.ts';
import { conditionOf, isBeingDeleted, isReady } from './pod-view.ts';

/**
 * Why a pod is not ready: the container and the reason that the cluster gives. Undefined for a ready
 * pod. The message does not name the pod; the caller does. `volumes` are those of its template, if
 * the pod was cached without them.
 */
export function podTrouble(
  pod: V1Pod,
  volumes: V1Volume[] = pod.spec?.volumes ?? [],
): string | undefined {
  if (isReady(pod)) return undefined;
  return (
    endTrouble(pod) ??
    placementTrouble(pod) ??
    first(viewsOf(pod), startTrouble) ??
    progressOf(pod, volumes) ??
    first(mainContainers(pod), readinessTrouble) ??
    gateTrouble(pod) ??
    conditionOf(pod, 'Ready')?.message ??
    'its node has not reported it ready yet'
  );
}

function endTrouble(pod: V1Pod): string | undefined {
  if (isBeingDeleted(pod)) return 'it is being stopped';
  const { phase, reason, message } = pod.status ?? {};
  if (phase !== 'Failed') return undefined;
  return `${reason ?? 'Failed'}${message ? `: ${oneLine(message)}` : ''}`;
}

function placementTrouble(pod: V1Pod): string | undefined {
  const scheduled = conditionOf(pod, 'PodScheduled');
  if (scheduled?.status === 'True' || pod.spec?.nodeName) return undefined;
  const { reason = 'not scheduled yet', message } = scheduled ?? {};
  return `${reason}${message ? `: ${oneLine(message)}` : ''}`;
}

/** What a pod without an error waits for; its node reports a missing volume only in events. */
function progressOf(pod: V1Pod, volumes: V1Volume[]): string | undefined {
  const running = initContainers(pod).find(
    ({ spec, status }) => status.state?.running && spec?.restartPolicy !== 'Always',
  );
  if (running) return `init container ${running.name}: still running`;
  if (mainContainers(pod).some(({ status }) => status.state?.running)) return undefined;
  const needed = volumes.flatMap(neededBy);
  const needs = needed.length > 0 ? `; its volumes need ${needed.join(', ')}` : '';
  return `its containers are not created yet${needs}`;
}

function neededBy({ secret, configMap, persistentVolumeClaim }: V1Volume): string[] {
  if (secret && !secret.optional) return [`Secret ${secret.secretName ?? ''}`];
  if (configMap?.name && !configMap.optional) return [`ConfigMap ${configMap.name}`];
  return persistentVolumeClaim ? [`PersistentVolumeClaim ${persistentVolumeClaim.claimName}`] : [];
}

function gateTrouble(pod: V1Pod): string | undefined {
  const missing = (pod.spec?.readinessGates ?? [])
    .map(({ conditionType }) => conditionType)
    .find((type) => conditionOf(pod, type)?.status !== 'True');
  return missing && `readiness gate ${missing} is not met`;
}

function viewsOf(pod: V1Pod): ContainerView[] {
  return [...initContainers(pod), ...mainContainers(pod)];
}

function initContainers({ spec, status }: V1Pod): ContainerView[] {
  return pair('init container', spec?.initContainers, status?.initContainerStatuses);
}

function mainContainers({ spec, status }: V1Pod): ContainerView[] {
  return pair('container', spec?.containers, status?.containerStatuses);
}

function pair(
  kind: ContainerView['kind'],
  specs: V1Container[] = [],
  statuses: V1ContainerStatus[] = [],
): ContainerView[] {
  return statuses.map((status) => {
    const spec = specs.find(({ name }) => name === status.name);
    return { kind, name: status.name, status, ...(spec && { spec }) };
  });
}

function first(
  views: ContainerView[],
  trouble: (view: ContainerView) => string | undefined,
): string | undefined {
  return views.flatMap((view) => trouble(view) ?? [])[0];
}
