/** The endpoints of a Service, from EndpointSlices, compared with the pods that it should reach. */
import type { V1Endpoint, V1EndpointSlice, V1Pod, V1Service } from '@kubernetes/client-node';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import { nameOf as nameOfRef } from '../objects/fenced-patch.ts';
import { canaryNameOf, canarySelector, labels } from '../objects/names.ts';
import { pointingOf, type Pointing } from '../objects/pointing.ts';
import type { RolloutRecord } from '../objects/record.ts';
import { isBeingDeleted, isReady, readySinceMs } from '../../kubernetes-api/objects/pod-view.ts';
import type { Act } from './act.ts';
import { quickWaitMs } from './act.ts';
import { requiredCanaryOf } from './canary-workload.ts';
import type { Held } from './held.ts';
import { servicesOf } from './services.ts';

/** Ready pods of both tracks. */
export interface ReadyPods {
  stable: string[];
  canary: string[];
}

type Tracks = Pick<RolloutRecord, 'stableHash' | 'workflowId' | 'canaryHash'>;

export async function readyPods(act: Act, tracks: Tracks): Promise<ReadyPods> {
  return (await trackPods(act, tracks)).ready;
}

/** A Service that publishes addresses of pods that are not ready reaches those of a track, too. */
async function trackPods(act: Act, tracks: Tracks): Promise<{ ready: ReadyPods; all: ReadyPods }> {
  const [stable, canary] = await Promise.all([
    podsOf(act, { [labels.templateHash]: tracks.stableHash }),
    podsOf(act, canarySelector(tracks)),
  ]);
  const names = (pods: V1Pod[]) => pods.map(nameOf);
  return {
    ready: { stable: names(stable.filter(isReady)), canary: names(canary.filter(isReady)) },
    all: { stable: names(stable), canary: names(canary) },
  };
}

/** Whether a pod of the canary exists that is not being deleted. */
export async function hasCanaryPods(act: Act, tracks: Tracks): Promise<boolean> {
  const pods = await podsOf(act, canarySelector(tracks));
  return pods.some((pod) => !isBeingDeleted(pod));
}

/**
 * Returns when every Service in front of stable has exactly the endpoints of the pods that it
 * selects: all ready ones, and none of the other track.
 */
export async function awaitEndpoints(
  act: Act,
  held: Held,
  pointing: Pointing,
  timeoutMs: number,
): Promise<ReadyPods> {
  let missing = '';
  const { namespace } = act.target;
  const kinds = ['endpointslices', 'pods', 'services'] as const;
  const what = () => `the endpoints of ${held.record.service}: ${missing}`;
  return act.api.until({ kinds, namespace, timeoutMs, what }, async () => {
    const services = await servicesOf(act, held);
    const pods = await trackPods(act, held.record);
    const slices = await act.api.list('endpointslices', namespace);
    const problems = services.flatMap(
      (service) => judgeEndpoints(service, endpointsOf(service, slices), pods, pointing) ?? [],
    );
    missing = problems.join('; ');
    return missing === '' ? pods.ready : undefined;
  });
}

/**
 * Returns when no Service leads to a pod of the canary: the effect of an undo. All other endpoints of
 * a Service are irrelevant.
 */
export async function awaitOffCanary(act: Act, held: Held): Promise<void> {
  let missing = '';
  const { namespace } = act.target;
  const kinds = ['endpointslices', 'pods', 'services'] as const;
  const what = () => `the endpoints of ${held.record.service}: ${missing}`;
  await act.api.until({ kinds, namespace, timeoutMs: quickWaitMs, what }, async () => {
    const { all } = await trackPods(act, held.record);
    const slices = await act.api.list('endpointslices', namespace);
    const problems = (await servicesOf(act, held)).flatMap((service) => {
      const left = endpointsOf(service, slices).filter((pod) => all.canary.includes(pod));
      return left.length === 0 ? [] : [stillLeadsTo(service, left)];
    });
    missing = problems.join('; ');
    return missing === '' ? true : undefined;
  });
}

/** Waits as long as endpoints usually take until every Service has all ready pods of stable. */
export async function allowStableEndpoints(act: Act, held: Held): Promise<void> {
  await unlessTimedOut(awaitEndpoints(act, held, 'stable', endpointsUsuallyMs));
}

const endpointsUsuallyMs = 3_000;

/** Returns when the canary's own Service has endpoints: only then may a route lead to it. */
export async function awaitCanaryService(act: Act, { record }: Held): Promise<void> {
  const { namespace } = act.target;
  const name = canaryNameOf(act.stable.name);
  const what = () => `a ready endpoint of Service ${name}`;
  const kinds = ['endpointslices', 'pods'] as const;
  await act.api.until({ kinds, namespace, timeoutMs: quickWaitMs, what }, async () => {
    const slices = await act.api.list('endpointslices', namespace);
    const { canary } = await readyPods(act, record);
    const reached = endpointsOf({ metadata: { name } }, slices);
    return canary.length > 0 && canary.every((pod) => reached.includes(pod)) ? true : undefined;
  });
}

/** When the newest ready pod of the canary became ready, in milliseconds since the epoch. */
export async function canaryReadySinceMs(act: Act, tracks: Tracks): Promise<number> {
  const ready = (await podsOf(act, canarySelector(tracks))).filter(isReady);
  // Reported in whole seconds, rounded down.
  return Math.max(0, ...ready.map((pod) => readySinceMs(pod) + 999));
}

/** Only a canary with ready pods gets traffic: at least one, or all that are wanted. */
export async function awaitCanaryReady(
  act: Act,
  { record }: Held,
  needed: 'one' | 'all',
): Promise<void> {
  let has = 'not been created';
  const ref = requiredCanaryOf(act, record);
  const what = () => `ready pods of the canary ${nameOfRef(ref)}: it has ${has}`;
  const { namespace } = act.target;
  const kinds = ['pods', ref.kind] as const;
  await act.api.until({ kinds, namespace, timeoutMs: quickWaitMs, what }, async () => {
    const wanted = (await act.api.get(ref))?.spec?.replicas;
    const { canary } = await readyPods(act, record);
    has = wanted === undefined ? has : `${canary.length} of ${wanted}`;
    if (wanted === undefined || canary.length === 0) return undefined;
    return needed === 'one' || canary.length >= wanted ? true : undefined;
  });
}

/** What to wait for before stable takes traffic back from the canary. */
export interface StableWait {
  /** The number of pods to wait for. */
  wanted: number;
  /** Zero or less: the wait is over. */
  forMs: number;
  /** Whether any traffic moves; if not, no pod is needed. */
  moves: boolean;
}

/**
 * Returns when stable can take the traffic: with all wanted pods, or after the wait with those that
 * exist. Never while stable has no pod and the canary serves.
 */
export async function awaitStable(act: Act, { record }: Held, wait: StableWait): Promise<void> {
  const { namespace } = act.target;
  const what = () => `stable's ${wait.wanted} pods before they take all traffic`;
  const kinds = ['pods'] as const;
  const read = async () => (await readyPods(act, record)).stable.length >= wait.wanted || undefined;
  if (wait.forMs > 0) {
    await unlessTimedOut(act.api.until({ kinds, namespace, timeoutMs: wait.forMs, what }, read));
  }
  const { stable, canary } = await readyPods(act, record);
  if (!wait.moves || stable.length > 0 || canary.length === 0) return;
  throw new PlatformError(
    'unavailable',
    `stable has no ready pod to take the traffic; the canary of ${act.stable.name} keeps serving`,
  );
}

export async function unlessTimedOut<T>(waiting: Promise<T>): Promise<T | undefined> {
  try {
    return await waiting;
  } catch (error) {
    if (error instanceof PlatformError && error.code === 'unavailable') return undefined;
    throw error;
  }
}

/**
 * How far the Services lead to stable already. `isRoutedReady`: the Service of the route points to
 * stable and has a ready pod there; the others do not matter.
 */
export async function leadToStable(act: Act, held: Held, routed?: string) {
  const [services, { stable }, slices] = await Promise.all([
    servicesOf(act, held),
    readyPods(act, held.record),
    act.api.list('endpointslices', act.target.namespace),
  ]);
  const points = (service: V1Service) => pointingOf(service, held.record) === 'stable';
  const reaches = (service: V1Service) =>
    endpointsOf(service, slices).some((pod) => stable.includes(pod));
  const target = services.find(({ metadata }) => routed !== undefined && metadata?.name === routed);
  return {
    allPoint: services.every(points),
    isRoutedReady: target !== undefined && points(target) && reaches(target),
  };
}

/** The pods behind a Service's ready endpoints, without endpoints that other programs add. */
function endpointsOf({ metadata }: V1Service, slices: V1EndpointSlice[]): string[] {
  const own = slices.filter(
    (slice) => slice.metadata?.labels?.['kubernetes.io/service-name'] === metadata?.name,
  );
  return own
    .flatMap(({ endpoints }) => (endpoints as V1Endpoint[] | null) ?? [])
    .filter(({ conditions }) => conditions?.ready !== false)
    .flatMap(({ targetRef }) => (targetRef?.kind === 'Pod' ? (targetRef.name ?? []) : []));
}

/** What is wrong with a Service's endpoints; undefined if nothing is. */
function judgeEndpoints(
  service: V1Service,
  reached: string[],
  { ready: { stable, canary }, all }: { ready: ReadyPods; all: ReadyPods },
  pointing: Pointing,
): string | undefined {
  const wanted = {
    stable,
    canary,
    both: canary.length === 0 ? [] : [...stable, ...canary],
  }[pointing];
  const name = `Service ${service.metadata?.name}`;
  if (wanted.length === 0 && pointing !== 'stable') return `${name} has no ready pod to lead to`;
  const absent = wanted.filter((pod) => !reached.includes(pod));
  if (absent.length > 0) return `${name} does not lead to ${absent.join(', ')} yet`;
  const own = pointing === 'both' ? [...all.stable, ...all.canary] : all[pointing];
  const others = reached.filter((pod) => !own.includes(pod));
  return others.length > 0 ? stillLeadsTo(service, others) : undefined;
}

function stillLeadsTo({ metadata }: V1Service, pods: string[]): string {
  return `Service ${metadata?.name} still leads to ${pods.join(', ')}`;
}

async function podsOf(act: Act, own: Record<string, string>): Promise<V1Pod[]> {
  return act.api.list('pods', act.target.namespace, own);
}

function nameOf({ metadata }: V1Pod): string {
  return metadata?.name ?? '';
}
