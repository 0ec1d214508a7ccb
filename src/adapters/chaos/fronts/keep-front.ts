import type { V1Pod, V1Service } from '@kubernetes/client-node';
import type { ServiceFacts, ServiceName } from '../../../contracts/chaos/service-tracks.ts';
import { growthOfShare, type Upstream } from '../../../contracts/chaos/track-front.ts';
import type { Fence } from '../../../contracts/kernel/fence.ts';
import { PartError } from '../../../contracts/kernel/part-error.ts';
import type { ServicePlace } from '../../../specs/chaos/track-selection.ts';
import type { KubernetesObject } from '../../kubernetes-api/dynamic/api-resource.ts';
import { podTrouble } from '../../kubernetes-api/objects/pod-trouble.ts';
import { isReady } from '../../kubernetes-api/objects/pod-view.ts';
import type { PlaybookCluster } from '../../playbooks/kubernetes/cluster.ts';
import { askFront, urlOfFront, type AskedFront } from './ask-front.ts';
import { findFront, readService, readStable, removeFront, tokenOf } from './front-cluster.ts';
import { isAlive, runOf, settingsOf, unaskedTracks, whyEnded } from './front-pod.ts';
import { actAnnotation } from '../made-by.ts';
import { imagesOf, isAllowedBy, stableOf, targetPortOf, type ReadService } from './read-service.ts';
import { refuseForm } from './refuse-form.ts';
import { refuseService } from './refuse-service.ts';

/** A pod has so long to be scheduled, to fetch its image and to start. */
export const readyWithinMs = 120_000;
/** However often the tracks are sampled, the API server is asked once in this time. */
const lookEveryMs = 1_000;
/** Everything that was examined before the tracks were opened is examined again in this time. */
const examineEveryMs = 10_000;
/** One pod of two may be away for a while; with more growth, more of the service is hit than anybody has agreed to. */
const mostGrowth = 1.5;

export interface Placed {
  name: ServiceName & { place: ServicePlace };
  cluster: PlaybookCluster;
  known: KnownFronts;
}

interface Seen {
  /** Without the tracks themselves. */
  facts: ServiceFacts | undefined;
  /** The front of the run, and whoever asks it, where it lives. */
  present?: KubernetesObject;
  front?: AskedFront | undefined;
}

interface Look {
  atMs: number;
  examinedMs: number;
  seeing: Promise<Seen>;
}

/** What this worker knows of fronts, so that it need not ask the API server at every sample. */
export class KnownFronts {
  /** By their uids. */
  readonly tokens = new Map<string, string>();
  /** By their runs. */
  readonly looks = new Map<string, Look>();

  forget(uid: string, { rolloutId }: Fence): void {
    this.tokens.delete(uid);
    this.looks.delete(rolloutId);
  }
}

/** Names the pods of stable to the front of this run, reads it, and ends it where what it compares is not stable any more. */
export async function keepTracks(placed: Placed, fence: Fence): Promise<ServiceFacts | undefined> {
  const { facts, present, front } = await lookNow(placed, fence);
  if (facts === undefined || present === undefined) return facts;
  const pod = present as unknown as V1Pod;
  const { environment, service } = placed.name;
  try {
    const kept = await front?.tracks.keepTracks({ environment, service }, fence);
    if (kept?.ended !== undefined) return { ...facts, ended: kept.ended };
    const { tracks } = kept ?? {};
    if (tracks === undefined) return { ...facts, tracks: unaskedTracks(present, podTrouble(pod)) };
    return { ...facts, tracks: { ...tracks, isRouted: tracks.isRouted && isReady(pod) } };
  } catch (error) {
    // It has just been started, and does not listen yet.
    if (!(error instanceof PartError) || isReady(pod)) throw error;
    return { ...facts, tracks: unaskedTracks(present, podTrouble(pod) ?? error.message) };
  }
}

/** Undefined while it has no address. */
export async function reach(
  { cluster, name: { place }, known: { tokens } }: Placed,
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

function lookNow(placed: Placed, fence: Fence): Promise<Seen> {
  const { looks } = placed.known;
  const { rolloutId } = fence;
  const nowMs = performance.now();
  const last = looks.get(rolloutId);
  if (last !== undefined && nowMs - last.atMs < lookEveryMs) return last.seeing;
  const isDue = last === undefined || nowMs - last.examinedMs >= examineEveryMs;
  const seeing = look(placed, fence, isDue);
  const own = { atMs: nowMs, examinedMs: isDue ? nowMs : last.examinedMs, seeing };
  looks.set(rolloutId, own);
  const forget = () => {
    if (looks.get(rolloutId) === own) looks.delete(rolloutId);
  };
  seeing.then(({ present }) => {
    if (present === undefined) forget();
  }, forget);
  return seeing;
}

async function look(placed: Placed, fence: Fence, isDue: boolean): Promise<Seen> {
  const {
    cluster,
    name: { place },
  } = placed;
  const read = await (isDue ? readService : readStable)(cluster, place);
  if (read === undefined) return { facts: undefined };
  const { service, pods } = read;
  const facts: ServiceFacts = { isAllowed: true, stable: { ...stableOf(pods), readyWithinMs } };
  const present = await findFront(cluster, place);
  if (present === undefined || runOf(present) !== fence.rolloutId) return { facts };
  const why = isAlive(present) ? whyOver(read, present) : whyEnded(present);
  if (why !== undefined || !isAlive(present)) {
    if (isAlive(present)) await endBecause(placed, present, why ?? '');
    return { facts: { ...facts, ...(why !== undefined && { ended: why }) } };
  }
  const front = await reach(placed, present);
  try {
    await front?.nameUpstreams(upstreamsOf(service, pods));
  } catch (error) {
    if (!(error instanceof PartError) || isReady(present as unknown as V1Pod)) throw error;
  }
  return { facts, present, front };
}

/** Why its tracks are not of one release of stable any more, or may not be there. */
function whyOver(
  read: ReadService | { service: V1Service; pods: readonly V1Pod[] },
  present: KubernetesObject,
): string | undefined {
  const { service, pods } = read;
  const { version, readyPods: atStart } = settingsOf(present as unknown as V1Pod);
  const ready = pods.filter(isReady).length;
  const growth = growthOfShare({ atStart, now: ready });
  const others = new Set(pods.map(imagesOf).filter((each) => each !== version));
  const reasons = [
    ...(others.size > 0 ? [`another release has been deployed: ${[...others].join('; ')}`] : []),
    ...(pods.length > 0 && !isAllowedBy(pods)
      ? ['its pods do not allow experiments any more (belay.dev/chaos: allowed)']
      : []),
    ...(ready > 0 && growth > mostGrowth
      ? [
          `${ready} pods are ready, and ${atStart} were when the tracks were opened: each track gets ${growth.toFixed(1)} times the share that was asked for`,
        ]
      : []),
    ...('budgets' in read ? refuseService(read) : refuseForm(service)),
  ];
  return reasons.length === 0 ? undefined : reasons.join('; ');
}

/** One that cannot be asked is deleted: it ends by that, too, and cannot say why. */
async function endBecause(placed: Placed, present: KubernetesObject, why: string): Promise<void> {
  const { cluster, name } = placed;
  try {
    const front = await reach(placed, present);
    if (front === undefined) throw new PartError('unavailable', 'it has no address');
    await front.end(why);
  } catch (error) {
    if (!(error instanceof PartError)) throw error;
    await removeFront(cluster, name.place, String(present.metadata.uid));
  }
}

function upstreamsOf({ spec }: V1Service, pods: readonly V1Pod[]): Upstream[] {
  const [port] = spec?.ports ?? [];
  return pods.filter(isReady).flatMap((each) => {
    const number = port && targetPortOf(port, each);
    const host = each.status?.podIP;
    return number === undefined || host === undefined ? [] : [{ host, port: number }];
  });
}
