/** What callers of a Service reach, as EndpointSlices say it, against the pods that should be reached. */
import type { V1Endpoint, V1EndpointSlice, V1Pod, V1Service } from '@kubernetes/client-node';
import { nameOf as nameOfRef } from '../objects/fenced-patch.ts';
import { canaryNameOf, canarySelector, labels } from '../objects/names.ts';
import type { Pointing } from '../objects/pointing.ts';
import type { RolloutRecord } from '../objects/record.ts';
import { isBeingDeleted, isReady } from '../state/pod-view.ts';
import type { Act } from './act.ts';
import { quickWaitMs } from './act.ts';
import type { Held } from './held.ts';
import { servicesOf } from './services.ts';

/** Ready pods of both tracks. */
export interface ReadyPods {
  stable: string[];
  canary: string[];
}

type Tracks = Pick<RolloutRecord, 'stableHash' | 'workflowId'>;

export async function readyPods(act: Act, tracks: Tracks): Promise<ReadyPods> {
  const [stable, canary] = await Promise.all([
    podsOf(act, { [labels.templateHash]: tracks.stableHash }),
    podsOf(act, canarySelector(tracks.workflowId)),
  ]);
  const ready = (pods: V1Pod[]) => pods.filter(isReady).map(nameOf);
  return { stable: ready(stable), canary: ready(canary) };
}

/** Whether a pod of the canary is still there that has not been told to stop. */
export async function hasCanaryPods(act: Act, { workflowId }: Tracks): Promise<boolean> {
  const pods = await podsOf(act, canarySelector(workflowId));
  return pods.some((pod) => !isBeingDeleted(pod));
}

/**
 * Returns once every Service in front of stable has exactly the endpoints of those it points at:
 * all that are ready, and none of the other track.
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
    const pods = await readyPods(act, held.record);
    const slices = await act.api.list('endpointslices', namespace);
    const problems = services.map((service) =>
      judgeEndpoints(service, endpointsOf(service, slices), pods, pointing),
    );
    missing = problems.find((problem) => problem !== undefined) ?? '';
    return missing === '' ? pods : undefined;
  });
}

/** Returns once the canary's own Service has endpoints: a route may lead to it then. */
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

/** Traffic goes only to a canary with ready pods: one of them, or all that are wanted. */
export async function awaitCanaryReady(
  act: Act,
  { record }: Held,
  needed: 'one' | 'all',
): Promise<void> {
  let has = 'no Deployment for it';
  const what = () => `ready pods of the canary ${nameOfRef(act.canary)}: it has ${has}`;
  const { namespace } = act.target;
  const kinds = ['pods', 'deployments'] as const;
  await act.api.until({ kinds, namespace, timeoutMs: quickWaitMs, what }, async () => {
    const wanted = (await act.api.get(act.canary))?.spec?.replicas;
    const { canary } = await readyPods(act, record);
    has = wanted === undefined ? has : `${canary.length} of ${wanted}`;
    if (wanted === undefined || canary.length === 0) return undefined;
    return needed === 'one' || canary.length >= wanted ? true : undefined;
  });
}

/** A stable that was made smaller for a weight has to be whole before it gets all traffic again. */
export async function awaitFullStable(act: Act, { record }: Held): Promise<void> {
  const { size } = record;
  if (size === undefined) return;
  let ready = 0;
  const what = () => `stable's ${size.full} pods before it takes all traffic: ${ready} are ready`;
  const { namespace } = act.target;
  await act.api.until({ kinds: ['pods'], namespace, timeoutMs: quickWaitMs, what }, async () => {
    ready = (await readyPods(act, record)).stable.length;
    return ready >= size.full ? true : undefined;
  });
}

/** The pods behind a Service's ready endpoints. */
function endpointsOf({ metadata }: V1Service, slices: V1EndpointSlice[]): string[] {
  const own = slices.filter(
    (slice) => slice.metadata?.labels?.['kubernetes.io/service-name'] === metadata?.name,
  );
  return own
    .flatMap(({ endpoints }) => (endpoints as V1Endpoint[] | null) ?? [])
    .filter(({ conditions }) => conditions?.ready !== false)
    .map(({ targetRef }) => targetRef?.name ?? '');
}

/** What is wrong with a Service's endpoints; undefined where nothing is. */
function judgeEndpoints(
  { metadata }: V1Service,
  reached: string[],
  { stable, canary }: ReadyPods,
  pointing: Pointing,
): string | undefined {
  const wanted = {
    stable,
    canary,
    both: canary.length === 0 ? [] : [...stable, ...canary],
  }[pointing];
  const name = `Service ${metadata?.name}`;
  if (wanted.length === 0 && pointing !== 'stable') return `${name} has no ready pod to lead to`;
  const absent = wanted.filter((pod) => !reached.includes(pod));
  if (absent.length > 0) return `${name} does not lead to ${absent.join(', ')} yet`;
  const others = reached.filter((pod) => !wanted.includes(pod));
  return others.length > 0 ? `${name} still leads to ${others.join(', ')}` : undefined;
}

async function podsOf(act: Act, own: Record<string, string>): Promise<V1Pod[]> {
  return act.api.list('pods', act.target.namespace, own);
}

function nameOf({ metadata }: V1Pod): string {
  return metadata?.name ?? '';
}
