/** What runs the canary's pods: a ReplicaSet, or a Deployment if an earlier version of Belay created it. */
import type { V1Deployment, V1ReplicaSet } from '@kubernetes/client-node';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type { ObjectRef } from '../../kubernetes-api/cluster-api.ts';
import { nameOf } from '../objects/fenced-patch.ts';
import { annotations, canaryNameOf, canarySetNameOf, labels } from '../objects/names.ts';
import type { RolloutRecord } from '../objects/record.ts';
import type { Act } from './act.ts';

export type CanaryKind = 'replicasets' | 'deployments';
export type CanaryWorkload = V1ReplicaSet | V1Deployment;

type Placed = Pick<Act, 'stable'>;

type Recorded = Pick<RolloutRecord, 'canaryHash' | 'format'>;

/** Undefined for a release in place, and after an adoption. */
export function canaryOf(
  act: Placed,
  { canaryHash, format }: Recorded,
): ObjectRef<CanaryKind> | undefined {
  if (canaryHash !== undefined) return canarySetOf(act, canaryHash);
  return format === 1 ? canaryDeploymentOf(act) : undefined;
}

/** For acts on a canary. */
export function requiredCanaryOf(act: Placed, record: Recorded): ObjectRef<CanaryKind> {
  const ref = canaryOf(act, record);
  if (ref !== undefined) return ref;
  throw new PlatformError(
    'conflict',
    `${nameOf(act.stable)} was claimed without a canary; claim it again for a release beside it`,
  );
}

/** The canary, if it exists. */
export async function readCanary(
  act: Placed & Pick<Act, 'api'>,
  record: Recorded,
): Promise<CanaryWorkload | undefined> {
  const ref = canaryOf(act, record);
  const found = ref && (await act.api.get(ref));
  return found && isCanary(found) ? found : undefined;
}

/** Whether Belay created it for a canary, and the user's Deployment has not adopted it. */
export function isCanary({ metadata }: Pick<CanaryWorkload, 'metadata'>): boolean {
  if (metadata?.labels?.[labels.track] !== 'canary') return false;
  const hasPods = metadata.labels[labels.templateHash] !== undefined;
  const controller = metadata.ownerReferences?.find((one) => one.controller);
  return !hasPods || controller?.kind !== 'Deployment';
}

export function canarySetOf(
  { stable: { namespace, name } }: Placed,
  canaryHash: string,
): ObjectRef<'replicasets'> {
  return { kind: 'replicasets', namespace, name: canarySetNameOf(name, canaryHash) };
}

export function canaryDeploymentOf({
  stable: { namespace, name },
}: Placed): ObjectRef<'deployments'> {
  return { kind: 'deployments', namespace, name: canaryNameOf(name) };
}

/** Controls the canary's ReplicaSet until it is adopted: no Deployment takes what something else controls. */
export function canaryOwnerOf({
  stable: { namespace, name },
}: Placed): ObjectRef<'controllerrevisions'> {
  return { kind: 'controllerrevisions', namespace, name: canaryNameOf(name) };
}

/** A canary without a release: the claim creates it for `applyCanary`. */
export function isEmptyCanary({ metadata, spec }: CanaryWorkload): boolean {
  if (metadata?.labels?.[labels.templateHash] !== undefined) {
    return metadata.annotations?.[annotations.template] === undefined;
  }
  return spec?.replicas === 0 && 'paused' in spec && spec.paused;
}
