/** The objects that are created for a canary: its ReplicaSet with an owner and, if a router needs one, its Service. */
import { isDeepStrictEqual } from 'node:util';
import type {
  V1ControllerRevision,
  V1ObjectMeta,
  V1OwnerReference,
  V1ReplicaSet,
  V1Service,
} from '@kubernetes/client-node';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type {
  ClusterApi,
  Kind,
  ObjectByKind,
  ObjectRef,
} from '../../kubernetes-api/cluster-api.ts';
import { copiedAnnotations, copiedLabels } from '../objects/copied-metadata.ts';
import { formatFence } from '../objects/fence-record.ts';
import { nameOf, patchFenced } from '../objects/fenced-patch.ts';
import {
  annotations,
  canaryNameOf,
  createdLabels,
  labels,
  servingCanary,
} from '../objects/names.ts';
import { copiedServiceSpec } from '../objects/service-copy.ts';
import { bareCanaryTemplate } from '../objects/template.ts';
import { unlessGone } from '../routing/is-gone.ts';
import type { Act } from './act.ts';
import {
  canaryDeploymentOf,
  canaryOwnerOf,
  canarySetOf,
  type CanaryKind,
} from './canary-workload.ts';
import type { Held } from './held.ts';
import { servicesOf } from './services.ts';
import { stableTemplate } from './stable-template.ts';

export function canaryServiceOf(act: Act): ObjectRef<'services'> {
  const { namespace } = act.target;
  return { kind: 'services', namespace, name: canaryNameOf(act.stable.name) };
}

/**
 * Creates all objects that the canary will need, without any effect: no pods, no endpoints. Later
 * acts only patch them, so that a late act finds them deleted or fenced. Raises the fence of objects
 * that already exist.
 */
export async function createCanaryObjects(act: Act, held: Held): Promise<void> {
  const { canaryHash } = held.record;
  if (canaryHash === undefined) return raiseOld(act);
  const owner = await ownerOfCanary(act, held);
  const make = () => emptyCanary(act, held, { canaryHash, owner });
  await createOrRaise(act, canarySetOf(act, canaryHash), make);
  if (act.router) await createServiceOfCanary(act, held);
}

/** One that is there may be left from a canary before this one, whose pods it selects. */
async function createServiceOfCanary(act: Act, held: Held): Promise<void> {
  const { api, fence } = act;
  const ref = canaryServiceOf(act);
  const service = await createOrRaise(act, ref, () => canaryService(act, held));
  const value = servingCanary(held.record);
  // One that a rehearsal has created is not there.
  if (isDeepStrictEqual(service.spec?.selector, value)) return;
  await patchFenced(api, ref, fence, ({ spec }) =>
    isDeepStrictEqual(spec?.selector, value)
      ? 'as-wanted'
      : [
          { op: 'test', path: '/spec/selector', value: spec?.selector },
          { op: 'replace', path: '/spec/selector', value },
        ],
  );
}

/** Created if it is not there. */
export async function ownerOfCanary(act: Act, held: Held): Promise<V1ControllerRevision> {
  return createOrRaise(act, canaryOwnerOf(act), () => canaryOwner(act, held));
}

/** How that object, and no Deployment, controls the canary's ReplicaSet. */
export function controlledBy(
  { metadata }: V1ControllerRevision,
  { deployment }: Held,
): V1OwnerReference {
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    name: metadata?.name ?? '',
    // A rehearsal has none if the creation is refused.
    uid: metadata?.uid ?? deployment.metadata?.uid ?? '',
    controller: true,
  };
}

/** Of a rollout that an earlier version of Belay claimed; a release in place needs no canary. */
async function raiseOld(act: Act): Promise<void> {
  for (const ref of [canaryDeploymentOf(act), canaryServiceOf(act)]) {
    const found = await act.api.get<CanaryKind | 'services'>(ref);
    if (found?.metadata?.labels?.[labels.track] !== 'canary') continue;
    await unlessGone(patchFenced<CanaryKind | 'services'>(act.api, ref, act.fence, () => []));
  }
}

async function createOrRaise<K extends Kind>(
  act: Act,
  ref: ObjectRef<K>,
  make: () => Promise<ObjectByKind[K]>,
): Promise<ObjectByKind[K]> {
  const { api, fence } = act;
  const cached = await api.get(ref);
  // An adoption that has just been taken back may not be in the cache.
  const found = cached && !isOfCanary(cached) ? await api.getLive(ref) : cached;
  const there = found ? { object: found, isNew: false } : await createUnlessThere(api, ref, make);
  if (there.isNew) return there.object;
  if (!isOfCanary(there.object)) throw taken(ref);
  const raised = await unlessGone(patchFenced(api, ref, fence, () => []));
  return raised ?? (await createUnlessThere(api, ref, make)).object;
}

function isOfCanary({ metadata }: ObjectByKind[Kind]): boolean {
  return metadata?.labels?.[labels.track] === 'canary';
}

/** Creates the object, unless one of that name exists. */
async function createUnlessThere<K extends Kind>(
  api: ClusterApi,
  ref: ObjectRef<K>,
  make: () => Promise<ObjectByKind[K]>,
): Promise<{ object: ObjectByKind[K]; isNew: boolean }> {
  try {
    return { object: await api.create(ref.kind, ref.namespace, await make()), isNew: true };
  } catch (error) {
    const found = await api.getLive(ref);
    if (found === undefined) throw error;
    return { object: found, isNew: false };
  }
}

/**
 * Nothing acts on it. If it is deleted, the ReplicaSet and its pods are, too. It has a controller and no
 * labels of the user: a StatefulSet or DaemonSet would take one without a controller that has its labels
 * for its own history, and delete it.
 */
function canaryOwner(act: Act, held: Held): Promise<V1ControllerRevision> {
  const { workflowId, environment, service } = held.record;
  return Promise.resolve({
    metadata: {
      ...metadataOf(act, held, canaryOwnerOf(act).name, undefined),
      ownerReferences: [{ ...ofDeployment(held), controller: true }],
    },
    revision: 0,
    data: { canaryOf: { workflowId, environment, service } },
  });
}

/** With the selector of the Deployment, which could otherwise not adopt it. */
async function emptyCanary(
  act: Act,
  held: Held,
  { canaryHash, owner }: { canaryHash: string; owner: V1ControllerRevision },
): Promise<V1ReplicaSet> {
  const { minReadySeconds, selector } = held.deployment.spec ?? {};
  const template = bareCanaryTemplate(
    await stableTemplate(act, held),
    canaryHash,
    act.target.labels,
  );
  const metadata = metadataOf(
    act,
    held,
    canarySetOf(act, canaryHash).name,
    held.deployment.metadata,
  );
  return {
    metadata: {
      ...metadata,
      labels: { ...metadata.labels, ...template.metadata?.labels },
      ownerReferences: [controlledBy(owner, held)],
    },
    spec: {
      replicas: 0,
      ...(minReadySeconds !== undefined && { minReadySeconds }),
      selector: {
        ...selector,
        matchLabels: { ...selector?.matchLabels, [labels.templateHash]: canaryHash },
      },
      template,
    },
  };
}

async function canaryService(act: Act, held: Held): Promise<V1Service> {
  const original = await routedService(act, held);
  return {
    metadata: {
      ...metadataOf(act, held, canaryServiceOf(act).name, original.metadata),
      ownerReferences: [ofDeployment(held)],
    },
    spec: copiedServiceSpec(original, servingCanary(held.record)),
  };
}

/** Among the Services in front of stable, the one that the route leads to: others may have other ports. */
async function routedService(act: Act, held: Held): Promise<V1Service> {
  const services = await servicesOf(act, held);
  const name = (await act.router?.read())?.service;
  const found = services.find(({ metadata }) => metadata?.name === name);
  if (found !== undefined) return found;
  throw new PlatformError(
    'conflict',
    `${act.router?.name ?? 'the route'} leads to no single Service in ${act.target.namespace} ` +
      `that selects the pods of ${act.stable.name}; correct the route`,
  );
}

/** Of every object of a canary. */
export function canaryLabels(act: Act, { workflowId }: Held['record']): Record<string, string> {
  return { ...createdLabels(act, workflowId), [labels.track]: 'canary' };
}

function metadataOf(
  act: Act,
  { record }: Held,
  name: string,
  original: V1ObjectMeta | undefined,
): V1ObjectMeta {
  return {
    name,
    labels: { ...copiedLabels(original), ...canaryLabels(act, record) },
    annotations: { ...copiedAnnotations(original), [annotations.fence]: formatFence(act.fence) },
  };
}

/** The owner is the user's Deployment, so that the object is deleted with it, even during a rollout. */
function ofDeployment({ deployment: { metadata } }: Held): V1OwnerReference {
  const { name = '', uid = '' } = metadata ?? {};
  return { apiVersion: 'apps/v1', kind: 'Deployment', name, uid };
}

function taken(ref: ObjectRef<Kind>): PlatformError {
  return new PlatformError(
    'conflict',
    `${nameOf(ref)} exists, but Belay did not create it; the canary needs that name, so rename or delete it`,
  );
}
