import type { V1Deployment } from '@kubernetes/client-node';
import type { UpdateState } from '../../../contracts/rollouts/platform.ts';
import type { Phase } from '../objects/record.ts';
import { awaited } from './awaited.ts';
import type { Workload } from './service-objects.ts';
import { workloadTrouble } from './track-state.ts';

const kinds = {
  claimed: 'none',
  adopting: 'none',
  abandoning: 'none',
  promoting: 'promoting',
  reverting: 'reverting',
  replacing: 'replacing',
} as const;

/** The Deployment's progress towards the template that it was given last. */
export function updateState(
  stable: Workload,
  phase: Phase | undefined,
  nowMs = Date.now(),
): UpdateState {
  const { status, spec } = stable.deployment;
  const complete = isComplete(stable.deployment);
  const trouble = complete
    ? undefined
    : (zeroTrouble(stable) ?? workloadTrouble(stable) ?? awaited(stable, nowMs));
  return {
    kind: phase === undefined ? 'none' : kinds[phase],
    complete,
    updated: status?.updatedReplicas ?? 0,
    wanted: spec?.replicas ?? 1,
    ...(trouble !== undefined && { trouble }),
  };
}

function zeroTrouble({ deployment: { metadata, spec } }: Workload): string | undefined {
  return spec?.replicas === 0 ? `Deployment ${metadata?.name ?? ''} is scaled to 0` : undefined;
}

/**
 * By the rules of `kubectl rollout status`: observed by its controller, all updated, none old, all
 * available. A Deployment that is scaled to 0 serves nothing, so it is not complete.
 */
export function isComplete({ metadata, spec, status }: V1Deployment): boolean {
  const wanted = spec?.replicas ?? 1;
  const updated = status?.updatedReplicas ?? 0;
  return (
    (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0) &&
    wanted > 0 &&
    updated >= wanted &&
    (status?.replicas ?? 0) <= updated &&
    (status?.availableReplicas ?? 0) >= updated
  );
}
