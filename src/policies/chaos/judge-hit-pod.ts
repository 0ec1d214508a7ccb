import type { FaultSeen } from '../../contracts/chaos/host-faults.ts';
import type { PodName, SeenPod } from '../../contracts/chaos/pod-faults.ts';
import { readyOf } from './judge-pods.ts';

/** What the API server has of a pod that was hit, and of the others with its labels. */
export interface AroundHitPod {
  /** Absent: the pod with this uid is gone. */
  found: { isEnding: boolean; runningContainers: number } | undefined;
  pods: readonly SeenPod[];
  /** By its controller, now: less than before is not waited for. 0 where it is gone. */
  wanted: number;
}

/**
 * Its containers have died once the kubelet has said so, or has let the API server forget the pod. What was
 * asked to end, but runs, is no crash.
 */
export function judgeHitPod(
  { owner, readyBefore }: PodName,
  { found, pods, wanted }: AroundHitPod,
): FaultSeen {
  const hasDied = found === undefined || (found.isEnding && found.runningContainers === 0);
  const ready = readyOf(owner.uid, pods);
  const needed = Math.min(readyBefore, wanted);
  const state = describe(found);
  const controller = `${owner.kind} ${owner.name}`;
  const seen = { isEffective: hasDied, isThere: false };
  if (wanted === 0) {
    const detail = `${state}; ${controller} is gone, or wants no pods any more`;
    return { ...seen, isTargetRunning: false, isTargetGone: true, detail };
  }
  const detail = `${state}; ${ready} of ${needed} pods of ${controller} are ready`;
  return { ...seen, isTargetRunning: ready >= needed, detail };
}

function describe(found: AroundHitPod['found']): string {
  if (found === undefined) return 'the pod is gone';
  const running = `${found.runningContainers} containers run`;
  return found.isEnding ? `it is ending, ${running}` : `it is not ending, ${running}`;
}
