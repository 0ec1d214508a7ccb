/** The objects that are created for a canary: its Deployment and, if a router needs one, its Service. */
import type { V1Deployment, V1ObjectMeta, V1Service } from '@kubernetes/client-node';
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
  canarySelector,
  labels,
  createdLabels,
  servingCanary,
} from '../objects/names.ts';
import { copiedServiceSpec } from '../objects/service-copy.ts';
import { unlessGone } from '../routing/is-gone.ts';
import { canaryTemplate } from '../objects/template.ts';
import type { Act } from './act.ts';
import type { Held } from './held.ts';
import { servicesOf } from './services.ts';
import { stableTemplate } from './stable-template.ts';

/** A canary's Deployment without pods: the claim creates it for `applyCanary`. */
export function isEmptyCanary({ spec }: V1Deployment): boolean {
  return spec?.replicas === 0 && spec.paused === true;
}

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
  await createOrRaise(act, act.canary, () => emptyCanary(act, held));
  if (act.router) await createOrRaise(act, canaryServiceOf(act), () => canaryService(act, held));
}

async function createOrRaise<K extends Kind>(
  act: Act,
  ref: ObjectRef<K>,
  make: () => Promise<ObjectByKind[K]>,
): Promise<void> {
  const { api, fence } = act;
  const found = (await api.get(ref)) ?? (await createUnlessThere(api, ref, make));
  if (found === undefined) return;
  if (found.metadata?.labels?.[labels.track] !== 'canary') throw taken(ref);
  const raised = await unlessGone(patchFenced(api, ref, fence, () => []));
  if (raised === undefined) await createUnlessThere(api, ref, make);
}

/** Creates the object, unless one of that name exists. */
async function createUnlessThere<K extends Kind>(
  api: ClusterApi,
  ref: ObjectRef<K>,
  make: () => Promise<ObjectByKind[K]>,
): Promise<ObjectByKind[K] | undefined> {
  try {
    await api.create(ref.kind, ref.namespace, await make());
    return undefined;
  } catch (error) {
    const found = await api.getLive(ref);
    if (found === undefined) throw error;
    return found;
  }
}

async function emptyCanary(act: Act, held: Held): Promise<V1Deployment> {
  const { workflowId } = held.record;
  const { minReadySeconds, progressDeadlineSeconds } = held.deployment.spec ?? {};
  return {
    metadata: metadataOf(act, held, act.canary.name, held.deployment.metadata),
    spec: {
      replicas: 0,
      paused: true,
      // What it was given is put back from there after others have edited it.
      revisionHistoryLimit: 1,
      ...(minReadySeconds !== undefined && { minReadySeconds }),
      ...(progressDeadlineSeconds !== undefined && { progressDeadlineSeconds }),
      selector: { matchLabels: canarySelector(workflowId) },
      template: canaryTemplate(await stableTemplate(act, held), workflowId, act.target.labels),
    },
  };
}

async function canaryService(act: Act, held: Held): Promise<V1Service> {
  const original = await routedService(act, held);
  return {
    metadata: metadataOf(act, held, canaryServiceOf(act).name, original.metadata),
    spec: copiedServiceSpec(original, servingCanary(held.record.workflowId)),
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

/** The owner is the original, so that the copy is deleted with the user's Deployment, even during a rollout. */
function metadataOf(
  act: Act,
  { deployment, record }: Held,
  name: string,
  original: V1ObjectMeta | undefined,
): V1ObjectMeta {
  const { uid = '' } = deployment.metadata ?? {};
  return {
    name,
    labels: {
      ...copiedLabels(original),
      ...createdLabels(act, record.workflowId),
      [labels.track]: 'canary',
    },
    annotations: { ...copiedAnnotations(original), [annotations.fence]: formatFence(act.fence) },
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: act.stable.name, uid }],
  };
}

function taken(ref: ObjectRef<Kind>): PlatformError {
  return new PlatformError(
    'conflict',
    `${nameOf(ref)} exists, but Belay did not create it; the canary needs that name, so rename or delete it`,
  );
}
