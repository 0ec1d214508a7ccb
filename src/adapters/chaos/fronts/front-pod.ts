import type { V1Pod } from '@kubernetes/client-node';
import type { TracksState } from '../../../contracts/chaos/service-tracks.ts';
import { frontVariables, type FrontSettings } from '../../../contracts/chaos/track-front.ts';
import type { KubernetesObject } from '../../kubernetes-api/dynamic/api-resource.ts';
import { isBeingDeleted } from '../../kubernetes-api/objects/pod-view.ts';
import { actAnnotation } from '../made-by.ts';

/** Beyond its time, for clocks that differ. */
const overdueAfterMs = 5 * 60_000;

export function settingsOf({ spec }: V1Pod): FrontSettings {
  const env = spec?.containers.flatMap((container) => container.env ?? []) ?? [];
  const written = env.find(({ name }) => name === frontVariables.settings)?.value ?? '';
  return JSON.parse(written) as FrontSettings;
}

export function runOf({ metadata }: KubernetesObject): string {
  const act = metadata.annotations?.[actAnnotation] ?? '';
  return act.slice(0, act.lastIndexOf('/'));
}

/**
 * One that is ending is: its fault is gone, and it still answers. One that no node has taken in all of its time is not:
 * the kubelet, which would end it, does not know of it.
 */
export function isAlive(present: KubernetesObject, nowMs = Date.now()): boolean {
  const pod = present as unknown as V1Pod;
  const { phase = '' } = pod.status ?? {};
  if (['Succeeded', 'Failed'].includes(phase)) return false;
  const createdMs = new Date(pod.metadata?.creationTimestamp ?? nowMs).getTime();
  const latestMs = createdMs + settingsOf(pod).order.longestMs + overdueAfterMs;
  return phase !== 'Pending' || nowMs <= latestMs;
}

/** In its own words, where it had the time to write them, or in those of its kubelet. */
export function whyEnded(present: KubernetesObject): string | undefined {
  const { status } = present as unknown as V1Pod;
  const own = status?.containerStatuses?.find(({ state }) => state?.terminated !== undefined);
  const { message, reason } = own?.state?.terminated ?? {};
  return message ?? status?.message ?? status?.reason ?? reason;
}

/** Of a front that cannot be asked, or is another run's. */
export function unaskedTracks(present: KubernetesObject, trouble: string | undefined): TracksState {
  const pod = present as unknown as V1Pod;
  const { order, version } = settingsOf(pod);
  const none = {
    ...{ requests: 0, failed: 0, hanging: 0, took: { sum: 0, squares: 0 } },
    slower: order.boundsMs.map(() => 0),
    openLonger: order.boundsMs.map(() => 0),
  };
  const said = isBeingDeleted(pod) ? 'it is ending' : trouble;
  return {
    ...{ fence: order.fence, version, share: order.share, isRouted: false, isUnasked: true },
    ...{ wanted: order.replicas, ready: { control: 0, experiment: 0 } },
    troubles: said === undefined || said === '' ? [] : [`pod ${present.metadata.name}: ${said}`],
    ...{ boundsMs: order.boundsMs, tallies: { control: none, experiment: none } },
  };
}
