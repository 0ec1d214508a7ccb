import type { V1Pod } from '@kubernetes/client-node';
import { conditionOf, isReady } from '../../kubernetes-api/objects/pod-view.ts';
import type { Workload } from './service-objects.ts';

/** What a Deployment without errors waits for until it is complete. */
export function awaited({ deployment, pods }: Workload, nowMs: number): string {
  const { metadata, spec, status } = deployment;
  const { replicas: wanted = 1, minReadySeconds = 0 } = spec ?? {};
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0 } = status ?? {};
  if ((status?.observedGeneration ?? 0) < (metadata?.generation ?? 0)) {
    return 'its controller has not acted on the last change of it yet';
  }
  if (updatedReplicas < wanted) {
    const paused = spec?.paused ? ', and it is paused' : '';
    return `${wanted - updatedReplicas} of its pods are not replaced yet${paused}`;
  }
  if (replicas > updatedReplicas) {
    return `${replicas - updatedReplicas} pods of the previous template are not gone yet`;
  }
  const left = pods.filter(isReady).map((pod) => secondsLeft(pod, minReadySeconds, nowMs));
  const longest = Math.max(0, ...left);
  if (longest > 0) {
    return (
      `${updatedReplicas - availableReplicas} ready pods are not available before they have been ready for ` +
      `minReadySeconds, ${minReadySeconds} s: ${longest} s to go`
    );
  }
  return `${availableReplicas} of ${updatedReplicas} pods are available`;
}

function secondsLeft(pod: V1Pod, minReadySeconds: number, nowMs: number): number {
  const since = conditionOf(pod, 'Ready')?.lastTransitionTime;
  if (since === undefined) return 0;
  return Math.ceil(minReadySeconds - (nowMs - new Date(since).getTime()) / 1_000);
}
