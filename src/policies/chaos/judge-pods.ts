import {
  mostPods,
  type NeededRight,
  type PodFacts,
  type PodOwner,
  type SeenPod,
} from '../../contracts/chaos/pod-faults.ts';
import type { PodSelection } from '../../specs/chaos/pod-selection.ts';

/** Whoever answers for a pod allows experiments on it by this label. */
const chaosLabel = 'belay.dev/chaos';
const chaosAllowed = 'allowed';
/** On the ReplicaSet of a canary, whose pods do not have it. */
const trackLabel = 'belay.dev/track';

/** What can replace a pod and says how many it wants, and where the API server has it. */
const podControllers: Readonly<Record<string, string>> = {
  ReplicaSet: 'replicasets',
  StatefulSet: 'statefulsets',
  DaemonSet: 'daemonsets',
};

const ofPods = (verb: NeededRight['verb']): NeededRight => ({ verb, group: '', resource: 'pods' });

/** Before anything else: whoever may not find the pods is told so, and not that there are none. */
export function rightsToFind({ labels }: Pick<PodSelection, 'labels'>): NeededRight[] {
  const ofCanary: NeededRight = { verb: 'list', group: 'apps', resource: 'replicasets' };
  return [ofPods('list'), ...(labels[trackLabel] === undefined ? [] : [ofCanary])];
}

/** Every right that an experiment on these pods needs. */
export function rightsFor(pods: readonly SeenPod[]): NeededRight[] {
  const own = (['list', 'get', 'delete', 'patch'] as const).map(ofPods);
  return [...own, ...rightsOnControllers(pods)];
}

/** To see how many pods they want, and to write there which run hits them. */
export function rightsOnControllers(pods: readonly SeenPod[]): NeededRight[] {
  return resourcesOf(pods).flatMap((resource) =>
    (['get', 'patch'] as const).map((verb): NeededRight => ({ verb, group: 'apps', resource })),
  );
}

function resourcesOf(pods: readonly SeenPod[]): string[] {
  const kinds = new Set(controllersOf(pods).map(({ kind }) => kind));
  return [...kinds].flatMap((kind) => podControllers[kind] ?? []).toSorted();
}

/** Each of those that can replace them, once. */
export function controllersOf(pods: readonly SeenPod[]): PodOwner[] {
  const owners = pods.flatMap(({ owner }) => (owner === undefined ? [] : [owner]));
  const known = owners.filter(({ kind }) => podControllers[kind] !== undefined);
  return [...new Map(known.map((owner) => [owner.uid, owner])).values()];
}

/** Every reason why none of them is hit; empty: any of them may be. */
export function judgePods(selection: PodSelection, pods: readonly SeenPod[]): string[] {
  const { namespace } = selection;
  if (pods.length === 0) return [`no pod of namespace ${namespace} has ${selectorOf(selection)}`];
  if (pods.length > mostPods) {
    const said = `more than ${mostPods} pods of namespace ${namespace} have ${selectorOf(selection)}`;
    return [`${said}; write more labels`];
  }
  return pods.flatMap((pod) => refusalsOf(pod).map((why) => `${namespace}/${pod.name}: ${why}`));
}

function refusalsOf(pod: SeenPod): string[] {
  const { owner, labels, priorityClass = '' } = pod;
  return [
    ...(labels[chaosLabel] === chaosAllowed
      ? []
      : [`its label ${chaosLabel} is not ${chaosAllowed}`]),
    ...(pod.hasHostNetwork ? ['it is in the network of its node (hostNetwork)'] : []),
    ...(pod.isStatic ? ['it is a static pod, which only its node can end'] : []),
    ...(priorityClass.startsWith('system-') ? [`its priority class is ${priorityClass}`] : []),
    ...(owner === undefined ? ['it has no controller, so nothing would replace it'] : []),
    ...(owner !== undefined && podControllers[owner.kind] === undefined
      ? [`it is of a ${owner.kind}, which does not say how many pods it wants`]
      : []),
    ...(pod.isEnding ? ['it is ending already'] : []),
    ...(pod.isReady || pod.isEnding ? [] : ['it is not ready']),
  ];
}

function selectorOf({ labels }: PodSelection): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

/** As targets: each with what has to be ready again once it was hit. */
export function candidatesOf(selection: PodSelection, pods: readonly SeenPod[]): PodFacts[] {
  return pods.flatMap(({ name, uid, owner }) => {
    if (owner === undefined) return [];
    const readyBefore = readyOf(owner.uid, pods);
    return [
      {
        what: `of ${owner.kind} ${owner.name}`,
        pod: { ...selection, name, uid, owner, readyBefore },
      },
    ];
  });
}

export function readyOf(ownerUid: string, pods: readonly SeenPod[]): number {
  return pods.filter(({ owner, isReady, isEnding }) => {
    return owner?.uid === ownerUid && isReady && !isEnding;
  }).length;
}
