import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OutageAct, OutageObject, OutageOrder } from '../../contracts/chaos/mesh-faults.ts';
import type { RunStep } from '../../contracts/kernel/agent.ts';
import { PartError } from '../../contracts/kernel/part-error.ts';
import { currentAttempt } from '../attempts/current-attempt.ts';
import { getIfThere, getPod } from '../chaos/cluster-objects.ts';
import { readPod } from '../chaos/read-pod.ts';
import { actAnnotation, makerAnnotations } from '../chaos/made-by.ts';
import { isSpared, sparePod } from '../chaos/spare-pod.ts';
import {
  pathOfResource,
  versionOf,
  type KubernetesObject,
} from '../kubernetes-api/dynamic/api-resource.ts';
import type { PlaybookCluster } from '../playbooks/kubernetes/cluster.ts';
import type { NamedObject } from '../playbooks/kubernetes/object-name.ts';
import { podChaos } from './kinds.ts';
import {
  controllerAnnotations,
  chosenBy,
  isPaused,
  paused,
  readOutage,
  resumed,
} from './read-mesh-object.ts';
import { takeBack } from './take-back.ts';

/** Its controller chooses within a second. */
const chosenWithinMs = 10_000;
const pollMs = 200;

/** Why the webhooks of Chaos Mesh would not take the outage: a dead controller answers none. */
export async function rehearseOutage(
  cluster: PlaybookCluster,
  order: OutageOrder,
): Promise<string | undefined> {
  try {
    await create(cluster, order, true);
    return undefined;
  } catch (error) {
    if (error instanceof PartError) return error.message;
    throw error;
  }
}

/**
 * The object is created paused, so that Chaos Mesh chooses and does nothing. Only once it has chosen this pod alone,
 * `admit` has passed, and nobody has spared the pod, is it let go. Whoever removes it spares the pod first: a late attempt
 * lets nothing go.
 */
export async function injectOutage(
  cluster: PlaybookCluster,
  order: OutageOrder,
  admit: () => Promise<void>,
): Promise<void> {
  await requirePod(cluster, order);
  await createOnce(cluster, order);
  try {
    await letGo(cluster, order, admit);
  } catch (error) {
    // Whoever has removed the outage by now does not look for it again.
    if (error instanceof PartError && error.code !== 'unavailable') await discard(cluster, order);
    throw error;
  }
}

async function letGo(
  cluster: PlaybookCluster,
  order: OutageOrder,
  admit: () => Promise<void>,
): Promise<void> {
  const chosen = await untilChosen(cluster, order);
  // Otherwise an earlier attempt was admitted, and the pod is as that has left it.
  if (isPaused(chosen)) await admit();
  await requirePod(cluster, order);
  const patch = { metadata: { uid: chosen.metadata.uid, annotations: resumed } };
  const written = await cluster.merge(objectOf(order), patch, false);
  if (written === 'conflict') throw new PartError('refused', `${titleOf(order)} was replaced`);
}

export async function findOutage(
  cluster: PlaybookCluster,
  call: OutageAct,
): Promise<OutageObject | undefined> {
  const found = await getIfThere(cluster, objectOf(call));
  return found && readOutage(found, idOf(call));
}

export async function removeOutage(cluster: PlaybookCluster, call: OutageAct): Promise<void> {
  await sparePod(cluster, { act: call.act, pod: call.target.pod });
  await takeBack(cluster, objectOf(call));
}

async function discard(cluster: PlaybookCluster, call: OutageAct): Promise<void> {
  const found = await getIfThere(cluster, objectOf(call));
  if (found === undefined) return;
  await cluster.remove(objectOf(call), String(found.metadata.uid), false);
}

/** The very pod is there, and nobody has taken the act back. */
async function requirePod(cluster: PlaybookCluster, { act, target }: OutageOrder): Promise<void> {
  const { pod } = target;
  const present = await getPod(cluster, pod);
  if (present === undefined || readPod(present).isEnding) {
    throw new PartError('refused', 'it ended by itself before it was hit');
  }
  if (!isSpared(present, act)) return;
  throw new PartError('stale-fence', `${pod.namespace}/${pod.name} is spared by now`);
}

/** An earlier attempt may have made it. */
async function createOnce(cluster: PlaybookCluster, order: OutageOrder): Promise<void> {
  try {
    await create(cluster, order, false);
  } catch (error) {
    const { cause } = error as { cause?: { code?: unknown } };
    if (!(error instanceof PartError) || cause?.code !== 'conflict') throw error;
    const found = await getIfThere(cluster, objectOf(order));
    if (found?.metadata.annotations?.[actAnnotation] === writtenAs(order.act)) return;
    throw error;
  }
}

async function create(
  cluster: PlaybookCluster,
  order: OutageOrder,
  dryRun: boolean,
): Promise<void> {
  const { namespace } = order.target.pod;
  await cluster.ask({
    ...{ method: 'POST', path: pathOfResource(podChaos, namespace), body: bodyOf(order) },
    ...{ what: `create ${titleOf(order)}`, query: dryRun ? { dryRun: 'All' } : {} },
    ...(dryRun && { isOnce: true }),
  });
}

async function untilChosen(
  cluster: PlaybookCluster,
  order: OutageOrder,
): Promise<KubernetesObject> {
  const deadlineMs = performance.now() + chosenWithinMs;
  for (;;) {
    const found = await cluster.get(objectOf(order));
    const chosen = chosenBy(found);
    if (chosen?.length === 1 && chosen[0] === idOf(order)) return found;
    if (chosen !== undefined) {
      throw new PartError('refused', `${titleOf(order)} has chosen ${chosen.join(' and ')}`);
    }
    if (performance.now() >= deadlineMs) {
      throw new PartError(
        'refused',
        `Chaos Mesh did not choose the pod of ${titleOf(order)} within 10s: see that chaos-controller-manager runs, and may hit this namespace`,
      );
    }
    await sleep(pollMs, undefined, { signal: currentAttempt()?.signal });
  }
}

function bodyOf({ act, target: { pod }, atMostMs, maker }: OutageOrder): object {
  const { namespace, name } = pod;
  return {
    ...{ apiVersion: versionOf(podChaos), kind: podChaos.kind },
    metadata: {
      ...{ namespace, name: nameOf(act) },
      labels: { 'app.kubernetes.io/managed-by': 'belay' },
      annotations: {
        ...paused,
        [actAnnotation]: writtenAs(act),
        ...controllerAnnotations(pod.owner),
        ...(maker && makerAnnotations(maker)),
      },
    },
    spec: {
      ...{ action: 'pod-failure', mode: 'all', duration: `${Math.ceil(atMostMs / 1_000)}s` },
      selector: { namespaces: [namespace], pods: { [namespace]: [name] } },
    },
  };
}

function writtenAs({ runRef, step }: RunStep): string {
  return `${runRef}/${step}`;
}

/** Short: Chaos Mesh puts it into the names of annotations. */
function nameOf(act: RunStep): string {
  return `belay-${createHash('sha256').update(writtenAs(act)).digest('hex').slice(0, 8)}`;
}

function objectOf({ act, target }: OutageAct): NamedObject {
  return { resource: podChaos, namespace: target.pod.namespace, name: nameOf(act) };
}

function titleOf({ act, target }: OutageAct): string {
  return `PodChaos ${target.pod.namespace}/${nameOf(act)}`;
}

/** As Chaos Mesh records a pod. */
function idOf({ target: { pod } }: OutageAct): string {
  return `${pod.namespace}/${pod.name}`;
}
