/** The Services in front of stable: pointed at one track or both, and given back. */
import type { V1Service } from '@kubernetes/client-node';
import { PlatformError } from '../../../contracts/platform.ts';
import type { ObjectRef } from '../api/cluster-api.ts';
import { patchFenced } from '../objects/fenced-patch.ts';
import { ownSelector, pointingOf, pointSteps, releaseSteps } from '../objects/pointing.ts';
import type { Pointing } from '../objects/pointing.ts';
import type { RolloutRecord } from '../objects/record.ts';
import { selects } from '../objects/selectors.ts';
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
 * Points every Service there. One that someone else has pointed elsewhere is refused as a
 * conflict, but by an undo, which is written over it and always leaves its fence.
 */
export async function pointServices(
  act: Act,
  held: Held,
  pointing: Pointing,
  { undo = false, overOthers = false } = {},
): Promise<V1Service[]> {
  const services = await servicesOf(act, held);
  return Promise.all(
    services.map((service) =>
      patchFenced(act.api, refOf(service), act.fence, (found) => {
        if (!undo && !overOthers) requireKnown(found, held.record);
        const steps = pointSteps(found, pointing, held.record);
        return steps.length === 0 && !undo ? 'as-wanted' : steps;
      }),
    ),
  );
}

/** Both old and new pods of stable get requests again, whatever their template. */
export async function unpinServices(act: Act, held: Held): Promise<void> {
  await pointServices(act, held, 'both');
}

/** Leaves the fence on every Service, and else nothing. */
export async function raiseServices(act: Act, held: Held): Promise<void> {
  const services = await servicesOf(act, held);
  await Promise.all(
    services.map((service) => patchFenced(act.api, refOf(service), act.fence, () => [])),
  );
}

/** Gives every Service its own selector back. */
export async function releaseServices(act: Act, held: Held): Promise<void> {
  const services = await servicesOf(act, held);
  await Promise.all(
    services.map((service) =>
      patchFenced(act.api, refOf(service), act.fence, (found) => releaseSteps(found, held.record)),
    ),
  );
}

export function refOf({ metadata }: V1Service): ObjectRef<'services'> {
  return { kind: 'services', namespace: metadata?.namespace ?? '', name: metadata?.name ?? '' };
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
