import type {
  ServiceFacts,
  ServiceName,
  TracksPlatform,
} from '../../../contracts/chaos/service-tracks.ts';
import { mostOfEach, shareOfFront } from '../../../contracts/chaos/track-front.ts';
import type { Fence } from '../../../contracts/kernel/fence.ts';
import { PartError } from '../../../contracts/kernel/part-error.ts';
import type { ServicePlace } from '../../../specs/chaos/track-selection.ts';
import { podNeeds } from '../../kubernetes/state/pod-needs.ts';
import type { KubernetesObject } from '../../kubernetes-api/dynamic/api-resource.ts';
import type { PlaybookClusters } from '../../playbooks/kubernetes/cluster.ts';
import { actAnnotation } from '../made-by.ts';
import type { AskedFront } from './ask-front.ts';
import { createFront, endFront, findFront, readService, refuseRights } from './front-cluster.ts';
import { planFrontPod } from './front-objects.ts';
import { isAlive, runOf, unaskedTracks } from './front-pod.ts';
import { keepTracks, KnownFronts, reach, readyWithinMs, type Placed } from './keep-front.ts';
import {
  autoscalersOf,
  isAllowedBy,
  stableOf,
  targetPortOf,
  titleOfService,
} from './read-service.ts';
import { refuseService } from './refuse-service.ts';

export interface FrontParts {
  clusters: PlaybookClusters;
  /** Tells this Belay from others that act on the same clusters. */
  installation: string;
  /** The image of Belay; absent: no front can be started. */
  image: string | undefined;
}

/**
 * Tracks of a Service of Kubernetes. A pod of Belay becomes one more among those that the Service selects, divides the
 * requests that it gets, and has all of them answered by the pods of stable. Nothing of the service itself is written.
 */
export function createServiceTracks({ clusters, installation, image }: FrontParts): TracksPlatform {
  const known = new KnownFronts();
  const at = async (name: ServiceName): Promise<Placed> => {
    const { place } = name;
    if (place === undefined) throw new Error('tracks of the local platform are not here');
    const cluster = await clusters.of(place.context, place.namespace);
    return { name: { ...name, place }, cluster, known };
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
      const isScaled = autoscalersOf(read).length > 0;
      const needs = (resource: string) => (isScaled ? podNeeds(resource, first?.spec) : 0);
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
        readyPods: ready,
        port: { number, ...(typeof port?.targetPort === 'string' && { name: port.targetPort }) },
        selector: service.spec?.selector ?? {},
        requests: { cpu: needs('cpu'), memory: needs('memory') },
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
      known.forget(uid, fence);
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
  const left = present && isAlive(present) ? unaskedTracks(present, '') : undefined;
  return {
    isAllowed: isAllowedBy(pods),
    obstacles: [...refuseService(read), ...(image === undefined ? [noImage] : [])],
    ...(pods.length > 0 && { stable: { ...stableOf(pods), readyWithinMs } }),
    ...(left !== undefined && { tracks: left }),
  };
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

function bare({ environment, service }: ServiceName): ServiceName {
  return { environment, service };
}

function absent(place: ServicePlace): PartError {
  return new PartError('refused', `there is no ${titleOfService(place)}`);
}
