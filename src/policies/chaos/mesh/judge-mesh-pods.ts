import {
  meshGroup,
  type MeshPod,
  type MeshTarget,
  type RightIn,
} from '../../../contracts/chaos/mesh-faults.ts';
import type { NeededRight } from '../../../contracts/chaos/pod-faults.ts';
import type { PodSelection } from '../../../specs/chaos/pod-selection.ts';
import { candidatesOf, judgePods, rightsOnControllers } from '../judge-pods.ts';

export type MeshRight = NeededRight & { within: RightIn };

/** Every other right that outages of these pods need. `kinds`: what may have been left is of these. */
export function rightsForOutages(pods: readonly MeshPod[], kinds: readonly string[]): MeshRight[] {
  const ofPods = (['get', 'patch'] as const).map((verb) => ({ verb, group: '', resource: 'pods' }));
  const ofOutages = (['get', 'create', 'patch', 'delete'] as const).map((verb) => ({
    ...{ verb, group: meshGroup, resource: 'podchaos' },
  }));
  const own = [...ofPods, ...rightsOnControllers(pods), ...ofOutages];
  return [
    ...own.map((right): MeshRight => ({ ...right, within: 'namespace' })),
    ...kinds.map((resource): MeshRight => ({
      ...{ verb: 'list', group: meshGroup, resource, within: 'cluster' },
    })),
  ];
}

/** Every reason why none of them is hit; empty: any of them may be. */
export function judgeMeshPods(selection: PodSelection, pods: readonly MeshPod[]): string[] {
  return [
    ...judgePods(selection, pods),
    ...pods.flatMap((pod) =>
      refusalsOf(pod).map((why) => `${selection.namespace}/${pod.name}: ${why}`),
    ),
  ];
}

/**
 * Where an image is replaced already, Chaos Mesh would take the replacement for the image that it has to put back, and
 * the pod would never run again.
 */
function refusalsOf({ containers, replaced, isReady }: MeshPod): string[] {
  const silent = containers.filter(({ imageId }) => imageId === undefined);
  return [
    ...(replaced.length === 0
      ? []
      : [
          `Chaos Mesh has replaced its images before, and has not put them back (${replaced.join(', ')}); delete the pod`,
        ]),
    ...(isReady && silent.length > 0
      ? [`the kubelet does not say which image ${silent.map(({ name }) => name).join(', ')} runs`]
      : []),
  ];
}

/** Why a pod is not hit any more, although it could be when the target was resolved. */
export function refuseChanged({ pod, containers }: MeshTarget, found: MeshPod): string[] {
  const changed = containers.filter(({ name, image, imageId }) => {
    const now = found.containers.find((each) => each.name === name);
    return now?.image !== image || (now.imageId ?? imageId) !== imageId;
  });
  const names = changed.map(({ name }) => name).join(', ');
  return [
    ...judgeMeshPods(pod, [found]),
    ...(changed.length === 0
      ? []
      : [`${pod.namespace}/${pod.name}: ${names} has another image than when it was chosen`]),
  ];
}

/** As targets: each with the images that have to run again afterwards. */
export function meshTargetsOf(selection: PodSelection, pods: readonly MeshPod[]): MeshTarget[] {
  return candidatesOf(selection, pods).map((candidate) => {
    const found = pods.find(({ uid }) => uid === candidate.pod.uid);
    const containers = (found?.containers ?? []).map(({ name, image, imageId = '' }) => ({
      ...{ name, image, imageId },
    }));
    return { ...candidate, containers };
  });
}
