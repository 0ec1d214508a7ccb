/** The pods that clients of the Service reach, compared with those that they should reach. */
import type { V1Pod } from '@kubernetes/client-node';
import { drainWaitMs, quickWaitMs } from '../acts/act.ts';
import { isBeingDeleted, isReady } from '../../kubernetes-api/objects/pod-view.ts';
import type { Workload } from '../state/service-objects.ts';
import { servingPods } from '../state/serving-pods.ts';
import { workloadTrouble } from '../state/track-state.ts';
import { isComplete } from '../state/update-state.ts';
import type { ColoursAct } from './colours-act.ts';
import { untilColours } from './colours-act.ts';
import { isEdited } from './colours-drift.ts';
import type { ColoursObjects } from './colours-objects.ts';
import { readBefore, type ColoursRecord } from './colours-record.ts';
import { hasCanary } from './colours-state.ts';

/** An idle colour gets traffic only if all of its pods run the release that they were given, and are ready. */
export function awaitIdleReady(act: ColoursAct): Promise<void> {
  return untilColours(act, quickWaitMs, (objects) => {
    const { canary, record } = objects;
    const name = `Deployment ${canary.deployment.metadata?.name ?? ''}`;
    if (!hasCanary(objects)) return `${name} to have a release of this rollout`;
    if (record && isEdited(canary.deployment, record.idle)) {
      return `${name} to have the template of this rollout again`;
    }
    const wanted = canary.deployment.spec?.replicas ?? 1;
    const ready = canary.pods.filter(isReady).length;
    if (isComplete(canary.deployment) && wanted > 0 && ready >= wanted) return undefined;
    const trouble = workloadTrouble(canary);
    return `the pods of ${name}: ${ready} of ${wanted} are ready${trouble ? `: ${trouble}` : ''}`;
  });
}

/**
 * A live colour that a promotion had begun to stop needs all of its pods before it gets traffic again;
 * otherwise one ready pod is enough, while the idle colour has pods to serve with.
 */
export function awaitLiveWhole(act: ColoursAct): Promise<void> {
  return untilColours(act, quickWaitMs, ({ stable: { deployment, pods }, canary, record }) => {
    const isMove = record?.weight === 100 && canary.pods.some(isReady);
    const replicas = readBefore(deployment.metadata)?.replicas ?? (isMove ? 1 : 0);
    const ready = pods.filter(isReady).length;
    if (ready >= replicas) return undefined;
    return `Deployment ${deployment.metadata?.name ?? ''} to have its ${replicas} pods before it takes all traffic: ${ready} are ready`;
  });
}

/** Returns when the Service leads to all ready pods of the colour that it selects, and to no others. */
export function awaitReached(act: ColoursAct, { weight }: ColoursRecord): Promise<void> {
  return untilColours(act, quickWaitMs, (objects) => {
    const { stable, canary } = objects;
    return judgeReached(objects, weight === 100 ? canary : stable, weight === 100);
  });
}

/** Returns when its controller has acted, and at most this many of its pods remain. */
export function awaitStopped(act: ColoursAct, name: string, remaining: number): Promise<void> {
  return untilColours(act, drainWaitMs, ({ stable, canary }) => {
    const workload = [stable, canary].find(({ deployment }) => deployment.metadata?.name === name);
    if (workload === undefined) return undefined;
    const { metadata, status } = workload.deployment;
    const isObserved = (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0);
    const running = workload.pods.filter((pod) => !isBeingDeleted(pod));
    const isDone = isObserved && running.length <= remaining;
    return isDone ? undefined : `the pods of Deployment ${name} to stop`;
  });
}

function judgeReached(
  { chooser, endpointSlices }: ColoursObjects,
  { pods, deployment }: Workload,
  needsOne: boolean,
): string | undefined {
  const service = chooser.metadata?.name ?? '';
  const reached = servingPods(endpointSlices, [service]);
  const ready = pods.filter(isReady).map(nameOf);
  if (ready.length === 0 && needsOne) {
    return `a ready pod of Deployment ${deployment.metadata?.name ?? ''} behind Service ${service}`;
  }
  const absent = ready.filter((pod) => !reached.has(pod));
  if (absent.length > 0) return `Service ${service} to lead to ${absent.join(', ')}`;
  const others = [...reached].filter((pod) => !ready.includes(pod));
  return others.length > 0 ? `Service ${service} to leave ${others.join(', ')}` : undefined;
}

function nameOf({ metadata }: V1Pod): string {
  return metadata?.name ?? '';
}
