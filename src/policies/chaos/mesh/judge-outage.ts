import type { FaultSeen } from '../../../contracts/chaos/host-faults.ts';
import type {
  MeshPod,
  MeshTarget,
  OutageObject,
  OwnContainer,
} from '../../../contracts/chaos/mesh-faults.ts';
import type { SeenPod } from '../../../contracts/chaos/pod-faults.ts';
import { readyOf } from '../judge-pods.ts';

/** What the API server has of an outage, of the pod that was hit, and of the others with its labels. */
export interface AroundOutage {
  /** Absent: there is no such object. */
  outage: OutageObject | undefined;
  /** Absent: the pod with this uid is gone. */
  found: MeshPod | undefined;
  pods: readonly SeenPod[];
  /** By its controller, now. 0 where it is gone. */
  wanted: number;
}

/**
 * It is there for as long as its object is, whatever that says of itself: Chaos Mesh applies late what it could not apply
 * in time. It does something where no container runs its own image, by what the kubelet says, and Chaos Mesh agrees.
 */
export function judgeOutage(
  { pod, containers }: MeshTarget,
  { outage, found, pods, wanted }: AroundOutage,
): FaultSeen {
  const { owner, readyBefore } = pod;
  const states = containers.map((own) => stateOf(own, found));
  const isOut = found !== undefined && !found.isEnding && states.every(({ is }) => is === 'out');
  const isReplaced = states.some(({ isNamed }) => isNamed === false);
  const ready = readyOf(owner.uid, pods);
  const needed = Math.min(readyBefore, wanted);
  const isOwn = found === undefined || states.every(({ is }) => is === 'own');
  const seen = {
    isEffective: isOut && outage?.phase === 'Injected',
    isThere: outage !== undefined || isReplaced,
  };
  const controller = `${owner.kind} ${owner.name}`;
  const now = [describePod(found, states), describeOutage(outage, { isReplaced })].join('; ');
  if (wanted === 0) {
    const detail = `${now}; ${controller} is gone, or wants no pods any more`;
    return { ...seen, isTargetRunning: false, isTargetGone: true, detail };
  }
  const detail = `${now}; ${ready} of ${needed} pods of ${controller} are ready`;
  const isTargetRunning = outage === undefined && isOwn && ready >= needed;
  return { ...seen, isTargetRunning, detail };
}

interface ContainerState {
  /** `own`: it runs the image that it ran before. `out`: it is replaced, and does not run it. */
  is: 'own' | 'out' | 'between';
  /** Whether the pod names its own image; absent where there is no pod. */
  isNamed?: boolean;
}

function stateOf(
  { name, image, imageId }: OwnContainer,
  found: MeshPod | undefined,
): ContainerState {
  const now = found?.containers.find((each) => each.name === name);
  if (now === undefined) return { is: 'between' };
  const isNamed = now.image === image;
  const runsOwn = now.isRunning && now.imageId === imageId;
  if (isNamed && runsOwn) return { is: 'own', isNamed };
  return { is: isNamed || runsOwn ? 'between' : 'out', isNamed };
}

function describePod(found: MeshPod | undefined, states: readonly ContainerState[]): string {
  if (found === undefined) return 'the pod is gone, and what was done to it went with it';
  const out = states.filter(({ is }) => is === 'out').length;
  const own = states.filter(({ is }) => is === 'own').length;
  const ending = found.isEnding ? 'the pod is ending, ' : '';
  return `${ending}${own} of ${states.length} containers run their own image, and ${out} are replaced`;
}

function describeOutage(
  outage: OutageObject | undefined,
  { isReplaced }: { isReplaced: boolean },
): string {
  if (outage === undefined) {
    return isReplaced
      ? 'its PodChaos is gone, and has not put the images back: delete the pod, which is replaced'
      : 'there is no PodChaos of it';
  }
  const { title, phase = 'not chosen', isDeleting, problem } = outage;
  const failed = problem === undefined ? '' : ` (${problem})`;
  if (!isDeleting) return `${title} is ${phase}${failed}`;
  return `${title} was deleted, is ${phase}${failed}, and waits for its controller: see that chaos-controller-manager runs; where it does and this stays, delete the pod, and only then take the finalizers off the PodChaos`;
}
