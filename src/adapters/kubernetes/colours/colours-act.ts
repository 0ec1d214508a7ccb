/** One act on two colours, and the objects that it writes. */
import type { V1Deployment } from '@kubernetes/client-node';
import type { Act, Surroundings } from '../acts/act.ts';
import type { ObjectRef, PatchStep } from '../../kubernetes-api/cluster-api.ts';
import { patchFenced } from '../objects/fenced-patch.ts';
import { isGone } from '../routing/is-gone.ts';
import type { ColoursObjects, ColoursRef } from './colours-objects.ts';
import { collectColours } from './colours-objects.ts';

export interface ColoursAct extends Surroundings, Pick<Act, 'api' | 'target' | 'fence'> {
  ref: ColoursRef;
  /** The Service that is switched. */
  chooser: ObjectRef<'services'>;
}

export function deploymentRef(
  { target: { namespace } }: Pick<ColoursAct, 'target'>,
  name: string,
): ObjectRef<'deployments'> {
  return { kind: 'deployments', namespace, name };
}

/** One fenced write on one of the two Deployments; `[]` only raises the fence. */
export function patchColour(
  act: ColoursAct,
  name: string,
  build: (found: V1Deployment) => PatchStep[],
): Promise<V1Deployment> {
  return patchFenced(act.api, deploymentRef(act, name), act.fence, build);
}

/** The same for a Deployment that may have been deleted. */
export async function patchColourIfThere(
  act: ColoursAct,
  name: string,
  build: (found: V1Deployment) => PatchStep[],
): Promise<void> {
  try {
    await patchColour(act, name, build);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

const kinds = ['deployments', 'replicasets', 'pods', 'services', 'endpointslices'] as const;

/** Reads both colours until nothing is missing; `look` returns what is. */
export async function untilColours(
  { api, ref, target: { namespace } }: ColoursAct,
  timeoutMs: number,
  read: (objects: ColoursObjects) => string | undefined,
): Promise<void> {
  let missing: string | undefined;
  const wait = { kinds, namespace, timeoutMs, what: () => missing ?? '' };
  await api.until(wait, async () => {
    const objects = await collectColours(api, ref);
    missing = objects ? read(objects) : `both Deployments and Service ${ref.colours.service}`;
    return missing === undefined ? true : undefined;
  });
}
