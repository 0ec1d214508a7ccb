import type { V1Pod } from '@kubernetes/client-node';
import type {
  ServiceFacts,
  ServiceName,
  TracksPlatform,
  TracksState,
} from '../../../contracts/chaos/service-tracks.ts';
import {
  frontVariables,
  mostOfEach,
  shareOfFront,
  type FrontSettings,
} from '../../../contracts/chaos/track-front.ts';
import type { Fence } from '../../../contracts/kernel/fence.ts';
import { PartError } from '../../../contracts/kernel/part-error.ts';
import type { ServicePlace } from '../../../specs/chaos/track-selection.ts';
import type { KubernetesObject } from '../../kubernetes-api/dynamic/api-resource.ts';
import { podTrouble } from '../../kubernetes-api/objects/pod-trouble.ts';
import { isBeingDeleted, isReady } from '../../kubernetes-api/objects/pod-view.ts';
import type { PlaybookCluster, PlaybookClusters } from '../../playbooks/kubernetes/cluster.ts';
import { actAnnotation } from '../made-by.ts';
import { askFront, urlOfFront, type AskedFront } from './ask-front.ts';
import {
  createFront,
  endFront,
  findFront,
  readService,
  readStable,
  refuseRights,
  tokenOf,
} from './front-cluster.ts';
import { planFrontPod } from './front-objects.ts';
import {
  isAllowedBy,
  refuseService,
  stableOf,
  targetPortOf,
  titleOfService,
} from './read-service.ts';

/** A pod has so long to be scheduled, to fetch its image and to start. */
const readyWithinMs = 120_000;

export interface FrontParts {
  clusters: PlaybookClusters;
  /** Tells this Belay from others that act on the same clusters. */
  installation: string;
  /** The image of Belay; absent: no front can be started. */
  image: string | undefined;
}

interface Placed {
  name: ServiceName & { place: ServicePlace };
  cluster: PlaybookCluster;
  /** By the uids of fronts. */
  tokens: Map<string, string>;
}

/**
 * Tracks of a Service of Kubernetes. A pod of Belay becomes one more among those that the Service selects, divides the
 * requests that it gets, and has all of them answered by the pods of stable. Nothing of the service itself is written.
 */
export function createServiceTracks({ clusters, installation, image }: FrontParts): TracksPlatform {
  const tokens = new Map<string, string>();
  const at = async (name: ServiceName): Promise<Placed> => {
    const { place } = name;
    if (place === undefined) throw new Error('tracks of the local platform are not here');
    const cluster = await clusters.of(place.context, place.namespace);
    return { name: { ...name, place }, cluster, tokens };
  };
  return {
    readFacts: async (name) => readFacts(await at(name), image),

    openTracks: async (name, order, workflowId = '') => {
      const placed = await at(name);
      const { cluster, name: own } = placed;
      const { place } = own;
      const present = await findFront(cluster, place);
      if (present !== undefined && (await isOpened(placed, present, order.fence))) return;
      const read = await readService(cluster, place);
      if (read === undefined) throw absent(place);
      const { service, pods } = read;
      const [port] = service.spec?.ports ?? [];
      const [first] = pods;
      const number = port && first && targetPortOf(port, first);
      const { ready, version } = stableOf(pods);
      // Minutes may have passed since it was examined.
      const refusals = [
        ...refuseService(read),
        ...(isAllowedBy(pods) ? [] : ['its pods do not allow experiments']),
        ...(order.share <= mostOfEach(ready) ? [] : [`it has ${ready} ready pods by now`]),
      ];
      if (refusals.length > 0) throw new PartError('refused', refusals.join('; '));
      if (image === undefined) throw new PartError('refused', noImage);
      if (number === undefined) throw new PartError('refused', 'it has no pods');
      const pod = planFrontPod({
        ...{ name: own, image, version, maker: { workflowId, installation } },
        order: { ...order, share: shareOfFront(ready, order.share) },
        port: { number, ...(typeof port?.targetPort === 'string' && { name: port.targetPort }) },
        selector: service.spec?.selector ?? {},
        service: { name: place.service, uid: service.metadata?.uid ?? '' },
      });
      if (await createFront(cluster, place, pod)) return;
      const other = await findFront(cluster, place);
      if (other === undefined || !(await isOpened(placed, other, order.fence))) {
        throw new PartError('unavailable', `another pod was ${pod.metadata?.name} until now`);
      }
    },

    keepTracks: async (name, fence) => keepTracks(await at(name), fence),

    injectFault: async (name, order) => {
      const front = await ownFront(await at(name), order.fence);
      if (front === undefined) throw new PartError('refused', 'the tracks are not there any more');
      await front.tracks.injectFault(bare(name), order);
    },

    extendFault: async (name, fence, forMs) => {
      const front = await ownFront(await at(name), fence);
      if (front === undefined) throw new PartError('refused', 'the tracks are not there any more');
      await front.tracks.extendFault(bare(name), fence, forMs);
    },

    removeFault: async (name, fence) => {
      const front = await ownFront(await at(name), fence);
      await front?.tracks.removeFault(bare(name), fence);
    },

    closeTracks: async (name, fence) => {
      const { cluster, name: own } = await at(name);
      const present = await findFront(cluster, own.place);
      if (present === undefined || runOf(present) !== fence.rolloutId) return;
      const uid = String(present.metadata.uid);
      await endFront(cluster, own.place, uid);
      tokens.delete(uid);
    },
  };
}

const noImage =
  'no pod of Belay can be started: set BELAY_TRACKS_IMAGE of the workers to an image of Belay of their version';

async function readFacts(
  { cluster, name: { place } }: Placed,
  image: string | undefined,
): Promise<ServiceFacts | undefined> {
  const mayNot = await refuseRights(cluster, place);
  if (mayNot.length > 0) return { isAllowed: true, obstacles: mayNot };
  const read = await readService(cluster, place);
  if (read === undefined) return undefined;
  const { pods } = read;
  const present = await findFront(cluster, place);
  const left = present && isAlive(present) ? pendingTracks(present, '') : undefined;
  return {
    isAllowed: isAllowedBy(pods),
    obstacles: [...refuseService(read), ...(image === undefined ? [noImage] : [])],
    ...(pods.length > 0 && { stable: { ...stableOf(pods), readyWithinMs } }),
    ...(left !== undefined && { tracks: left }),
  };
}

async function keepTracks(placed: Placed, fence: Fence): Promise<ServiceFacts | undefined> {
  const { cluster, name } = placed;
  const { place } = name;
  const stable = await readStable(cluster, place);
  if (stable === undefined) return undefined;
  const { service, pods } = stable;
  const facts = { isAllowed: true, stable: { ...stableOf(pods), readyWithinMs } };
  const present = await findFront(cluster, place);
  if (present === undefined || runOf(present) !== fence.rolloutId || !isAlive(present)) {
    return facts;
  }
  const pod = present as unknown as V1Pod;
  const front = await reach(placed, present);
  const [port] = service.spec?.ports ?? [];
  const upstreams = pods.filter(isReady).flatMap((each) => {
    const number = port && targetPortOf(port, each);
    const host = each.status?.podIP;
    return number === undefined || host === undefined ? [] : [{ host, port: number }];
  });
  try {
    await front?.nameUpstreams(upstreams);
    const { tracks } = (await front?.tracks.keepTracks(bare(name), fence)) ?? {};
    if (tracks === undefined) return { ...facts, tracks: pendingTracks(present, podTrouble(pod)) };
    return { ...facts, tracks: { ...tracks, isRouted: tracks.isRouted && isReady(pod) } };
  } catch (error) {
    // It has just been started, and does not listen yet.
    if (!(error instanceof PartError) || isReady(pod)) throw error;
    return { ...facts, tracks: pendingTracks(present, podTrouble(pod) ?? error.message) };
  }
}

/** Whether this act has made it. One that has ended is taken away; one of another run is refused. */
async function isOpened(
  { cluster, name: { place } }: Placed,
  present: KubernetesObject,
  { rolloutId, step }: Fence,
): Promise<boolean> {
  const isOwn = present.metadata.annotations?.[actAnnotation] === `${rolloutId}/${step}`;
  if (isOwn && isAlive(present)) return true;
  if (isAlive(present)) {
    const { name } = present.metadata;
    throw new PartError(
      'refused',
      `tracks of run ${runOf(present)} are there: pod ${place.namespace}/${name}`,
    );
  }
  await endFront(cluster, place, String(present.metadata.uid));
  return false;
}

async function ownFront(placed: Placed, { rolloutId }: Fence): Promise<AskedFront | undefined> {
  const present = await findFront(placed.cluster, placed.name.place);
  if (present === undefined || runOf(present) !== rolloutId || !isAlive(present)) return undefined;
  return reach(placed, present);
}

/** Undefined while it has no address. */
async function reach(
  { cluster, name: { place }, tokens }: Placed,
  present: KubernetesObject,
): Promise<AskedFront | undefined> {
  const pod = present as unknown as V1Pod;
  const uid = String(present.metadata.uid);
  const act = present.metadata.annotations?.[actAnnotation] ?? '';
  const token = tokens.get(uid) ?? (await tokenOf(cluster, place, { uid, act }));
  tokens.set(uid, token);
  const url = urlOfFront(pod, settingsOf(pod).controlPort);
  return url === undefined ? undefined : askFront({ url, token });
}

function settingsOf({ spec }: V1Pod): FrontSettings {
  const env = spec?.containers.flatMap((container) => container.env ?? []) ?? [];
  const written = env.find(({ name }) => name === frontVariables.settings)?.value ?? '';
  return JSON.parse(written) as FrontSettings;
}

function runOf({ metadata }: KubernetesObject): string {
  const act = metadata.annotations?.[actAnnotation] ?? '';
  return act.slice(0, act.lastIndexOf('/'));
}

/** One that is ending is: its fault is gone, and it still answers. */
function isAlive(present: KubernetesObject): boolean {
  const { status } = present as unknown as V1Pod;
  return !['Succeeded', 'Failed'].includes(status?.phase ?? '');
}

/** Of a front that cannot be asked, or is another run's. */
function pendingTracks(present: KubernetesObject, trouble: string | undefined): TracksState {
  const pod = present as unknown as V1Pod;
  const { order, version } = settingsOf(pod);
  const none = {
    ...{ requests: 0, failed: 0, hanging: 0, took: { sum: 0, squares: 0 } },
    slower: order.boundsMs.map(() => 0),
    openLonger: order.boundsMs.map(() => 0),
  };
  const said = isBeingDeleted(pod) ? 'it is ending' : trouble;
  return {
    ...{ fence: order.fence, version, share: order.share, isRouted: false },
    ...{ wanted: order.replicas, ready: { control: 0, experiment: 0 } },
    troubles: said === undefined || said === '' ? [] : [`pod ${present.metadata.name}: ${said}`],
    ...{ boundsMs: order.boundsMs, tallies: { control: none, experiment: none } },
  };
}

function bare({ environment, service }: ServiceName): ServiceName {
  return { environment, service };
}

function absent(place: ServicePlace): PartError {
  return new PartError('refused', `there is no ${titleOfService(place)}`);
}
