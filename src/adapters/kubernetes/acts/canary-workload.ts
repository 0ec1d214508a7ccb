/** What runs the canary's pods: a ReplicaSet, or a Deployment if an earlier version of Belay created it. */
import type { V1Deployment, V1ReplicaSet } from '@kubernetes/client-node';
import type { ObjectRef } from '../../kubernetes-api/cluster-api.ts';
import { annotations, canaryNameOf, canarySetNameOf, labels } from '../objects/names.ts';
import type { RolloutRecord } from '../objects/record.ts';
import type { Act } from './act.ts';

export type CanaryKind = 'replicasets' | 'deployments';
export type CanaryWorkload = V1ReplicaSet | V1Deployment;

type Placed = Pick<Act, 'stable'>;

export function canaryOf(
  act: Placed,
  { canaryHash }: Pick<RolloutRecord, 'canaryHash'>,
): ObjectRef<CanaryKind> {
  return canaryHash === undefined ? canaryDeploymentOf(act) : canarySetOf(act, canaryHash);
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
