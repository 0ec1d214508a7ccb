/** The Services in front of stable: points them at one or both tracks, and restores them. */
import type { V1Service } from '@kubernetes/client-node';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type { ObjectRef, PatchStep } from '../../kubernetes-api/cluster-api.ts';
import { patchFenced } from '../objects/fenced-patch.ts';
import { canarySelector } from '../objects/names.ts';
import {
  ownSelector,
  pointingOf,
  pointSteps,
  releaseSteps,
  selectorFor,
} from '../objects/pointing.ts';
import type { Pointing } from '../objects/pointing.ts';
import type { RolloutRecord } from '../objects/record.ts';
import { selects } from '../../kubernetes-api/objects/selectors.ts';
import { unlessGone } from '../routing/is-gone.ts';
import { isReady } from '../../kubernetes-api/objects/pod-view.ts';
import type { Act } from './act.ts';
import type { Held } from './held.ts';

/** Services whose own selector selects the Deployment's pods. */
export async function servicesOf(
  act: Act,
  { deployment }: Pick<Held, 'deployment'>,
): Promise<V1Service[]> {
  const podLabels = deployment.spec?.template.metadata?.labels;
  const all = await act.api.list('services', act.target.namespace);
  return all.filter((service) => selects(ownSelector(service), podLabels));
}

/**
 * Points every Service there, and returns whether one pointed elsewhere. A Service that someone else
 * has changed is refused as a conflict; an undo overwrites it and always leaves its fence. None is
 * pointed at a canary of which it would reach no ready pod.
 */
export async function pointServices(
  act: Act,
  held: Held,
  pointing: Pointing,
  { undo = false, overOthers = false } = {},
): Promise<boolean> {
  const services = await servicesOf(act, held);
  if (pointing === 'canary') await requireReach(act, held, services);
  let moved = false;
  await eachService(act, services, (found) => {
    if (!undo && !overOthers) requireKnown(found, held.record);
    const steps = pointSteps(found, pointing, held.record);
    moved ||= pointingOf(found, held.record) !== pointing;
    return steps.length === 0 && !undo ? 'as-wanted' : steps;
  });
  return moved;
}

/** Old and new pods of stable get requests again, whatever their template. */
export async function unpinServices(act: Act, held: Held): Promise<void> {
  await pointServices(act, held, 'both');
}

/** Only raises the fence of every Service. */
export async function raiseServices(act: Act, held: Held): Promise<void> {
  await eachService(act, await servicesOf(act, held), () => []);
}

/** Restores the own selector of every Service. */
export async function releaseServices(act: Act, services: V1Service[]): Promise<void> {
  await eachService(act, services, releaseSteps);
}

/** A Service that is deleted in the meantime has no traffic. */
async function eachService(
  act: Act,
  services: V1Service[],
  build: (found: V1Service) => PatchStep[] | 'as-wanted',
): Promise<void> {
  await Promise.all(
    services.map((service) => unlessGone(patchFenced(act.api, refOf(service), act.fence, build))),
  );
}

function refOf({ metadata }: V1Service): ObjectRef<'services'> {
  return { kind: 'services', namespace: metadata?.namespace ?? '', name: metadata?.name ?? '' };
}

/** A release may have changed the labels by which a Service selects. */
async function requireReach(act: Act, { record }: Held, services: V1Service[]): Promise<void> {
  const pods = await act.api.list('pods', act.target.namespace, canarySelector(record));
  const ready = pods.filter(isReady).map(({ metadata }) => metadata?.labels);
  const cutOff = services.filter((service) => {
    const selector = selectorFor('canary', ownSelector(service), record);
    return !ready.some((labels) => selects(selector, labels));
  });
  if (cutOff.length === 0) return;
  const names = cutOff.map(({ metadata }) => metadata?.name).join(', ');
  throw new PlatformError(
    'unavailable',
    `Service ${names} would reach no ready pod of the canary of ${act.stable.name}`,
  );
}

function requireKnown(service: V1Service, record: RolloutRecord): void {
  if (pointingOf(service, record) !== undefined) return;
  const { namespace, name } = service.metadata ?? {};
  throw new PlatformError(
    'conflict',
    `the selector of Service ${namespace}/${name} is not what this rollout wrote: ` +
      `${JSON.stringify(service.spec?.selector)}; someone changed it`,
  );
}
