import { setTimeout as sleep } from 'node:timers/promises';
import type {
  V1Pod,
  V1PodDisruptionBudget,
  V1Secret,
  V1Service,
  V2HorizontalPodAutoscaler,
} from '@kubernetes/client-node';
import type { NeededRight } from '../../../contracts/chaos/pod-faults.ts';
import { PartError } from '../../../contracts/kernel/part-error.ts';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type { ServicePlace } from '../../../specs/chaos/track-selection.ts';
import { currentAttempt } from '../../attempts/current-attempt.ts';
import {
  pathOfResource,
  titleOf,
  type ApiResource,
  type KubernetesObject,
} from '../../kubernetes-api/dynamic/api-resource.ts';
import type { PlaybookCluster } from '../../playbooks/kubernetes/cluster.ts';
import { resourceNamed } from '../../playbooks/kubernetes/object-name.ts';
import { getIfThere } from '../cluster-objects.ts';
import { refuseRight } from '../pod-objects.ts';
import {
  frontLabels,
  frontNameOf,
  planToken,
  readToken,
  secretNameOf,
  secrets,
  trackLabel,
} from './front-objects.ts';
import { living, livingPods, type ReadService } from './read-service.ts';

const pods = resourceNamed('pod');
const services = resourceNamed('service');
const budgets = resourceNamed('poddisruptionbudgets');
const autoscalers = resourceNamed('horizontalpodautoscalers');
export const frontSelector = `${trackLabel}=${frontLabels[trackLabel]}`;
const goneWithinMs = 28_000;
const pollMs = 250;

const right = (verb: NeededRight['verb'], resource: string, group = ''): NeededRight => ({
  ...{ verb, group, resource },
});

/** Everything that tracks on Kubernetes need, in the namespace of the Service. */
const rights: readonly NeededRight[] = [
  ...(['get', 'list', 'create', 'delete'] as const).map((verb) => right(verb, 'pods')),
  ...(['get', 'create', 'delete'] as const).map((verb) => right(verb, 'secrets')),
  ...(['get', 'list'] as const).map((verb) => right(verb, 'services')),
  right('list', 'poddisruptionbudgets', 'policy'),
  right('list', 'horizontalpodautoscalers', 'autoscaling'),
];

export async function refuseRights(
  cluster: PlaybookCluster,
  { namespace }: ServicePlace,
): Promise<string[]> {
  const asked = await Promise.all(rights.map((each) => refuseRight(cluster, each, namespace)));
  return asked.filter((each) => each !== undefined);
}

/** Undefined where there is no such Service. */
export async function readService(
  cluster: PlaybookCluster,
  { namespace, service: name }: ServicePlace,
): Promise<ReadService | undefined> {
  const service = await getAs<V1Service>(cluster, services, { namespace, name });
  if (service === undefined) return undefined;
  const [around, found, fronts, counting, scaling] = await Promise.all([
    cluster.list(services, namespace),
    listSelected(cluster, namespace, service),
    cluster.list(pods, namespace, { labelSelector: frontSelector }),
    cluster.list(budgets, namespace),
    cluster.list(autoscalers, namespace),
  ]);
  return {
    ...{ service, pods: found, fronts: living(fronts as unknown as V1Pod[]) },
    services: around as unknown as V1Service[],
    budgets: counting as unknown as V1PodDisruptionBudget[],
    autoscalers: scaling as unknown as V2HorizontalPodAutoscaler[],
  };
}

/** The pods of stable behind a Service, as they are now. */
export async function readStable(
  cluster: PlaybookCluster,
  { namespace, service: name }: ServicePlace,
): Promise<{ service: V1Service; pods: V1Pod[] } | undefined> {
  const service = await getAs<V1Service>(cluster, services, { namespace, name });
  if (service === undefined) return undefined;
  return { service, pods: await listSelected(cluster, namespace, service) };
}

async function listSelected(
  cluster: PlaybookCluster,
  namespace: string,
  { spec }: V1Service,
): Promise<V1Pod[]> {
  const labelSelector = Object.entries(spec?.selector ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  if (labelSelector === '') return [];
  const found = await cluster.list(pods, namespace, { labelSelector });
  return livingPods(found as unknown as V1Pod[]);
}

export function findFront(
  cluster: PlaybookCluster,
  place: ServicePlace,
): Promise<KubernetesObject | undefined> {
  return getIfThere(cluster, frontOf(place));
}

/** False where a pod of this name is there already. */
export async function createFront(
  cluster: PlaybookCluster,
  place: ServicePlace,
  pod: V1Pod,
): Promise<boolean> {
  return create(cluster, { resource: pods, place, body: pod });
}

/** The secret by which its workers ask it: made by whoever comes first. */
export async function tokenOf(
  cluster: PlaybookCluster,
  place: ServicePlace,
  pod: { uid: string; act: string },
): Promise<string> {
  const { namespace } = place;
  const object = { namespace, name: secretNameOf(place, pod.act) };
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    const found = await getAs<V1Secret>(cluster, secrets, object);
    const token = found && readToken(found, pod.uid);
    if (token !== undefined) return token;
    const { uid } = found?.metadata ?? {};
    // Of an earlier pod of the same act, with which it would go anyway.
    if (uid !== undefined) await cluster.remove({ ...object, resource: secrets }, uid, false);
    await create(cluster, { resource: secrets, place, body: planToken(place, pod) });
  }
  throw new PartError('unavailable', `Secret ${namespace}/${object.name} is not that of its pod`);
}

/** Asks for its end. */
export async function removeFront(
  cluster: PlaybookCluster,
  place: Pick<ServicePlace, 'namespace' | 'service'>,
  uid: string,
): Promise<void> {
  await cluster.remove(frontOf(place), uid, false);
}

/** Asks for its end, and returns once it is gone. */
export async function endFront(
  cluster: PlaybookCluster,
  place: Pick<ServicePlace, 'namespace' | 'service'>,
  uid: string,
): Promise<void> {
  const object = frontOf(place);
  await removeFront(cluster, place, uid);
  const deadlineMs = performance.now() + goneWithinMs;
  for (;;) {
    const found = await getIfThere(cluster, object);
    if (found?.metadata.uid !== uid) return;
    if (performance.now() >= deadlineMs) {
      throw new PartError(
        'unavailable',
        `${titleOf(pods, place.namespace, object.name)} is still ending`,
      );
    }
    await sleep(pollMs, undefined, { signal: currentAttempt()?.signal });
  }
}

function frontOf(place: Pick<ServicePlace, 'namespace' | 'service'>) {
  return { resource: pods, namespace: place.namespace, name: frontNameOf(place) };
}

async function create(
  cluster: PlaybookCluster,
  { resource, place, body }: { resource: ApiResource; place: ServicePlace; body: object },
): Promise<boolean> {
  const { namespace } = place;
  const what = `create ${titleOf(resource, namespace, frontNameOf(place))}`;
  try {
    await cluster.ask({ method: 'POST', path: pathOfResource(resource, namespace), body, what });
    return true;
  } catch (error) {
    const { cause } = error as Error;
    if (cause instanceof PlatformError && cause.code === 'conflict') return false;
    throw error;
  }
}

async function getAs<T>(
  cluster: PlaybookCluster,
  resource: ApiResource,
  named: { namespace: string; name: string },
): Promise<T | undefined> {
  return (await getIfThere(cluster, { ...named, resource })) as T | undefined;
}
