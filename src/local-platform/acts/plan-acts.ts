/** How each act changes a service's record, or why it is refused. Pure: applied elsewhere. */
import { isDeepStrictEqual } from 'node:util';
import type { Fence } from '../../contracts/kernel/fence.ts';
import type { CountedCanary } from '../../contracts/rollouts/local-platform.ts';
import { PlatformError } from '../../contracts/rollouts/platform.ts';
import type { SpecKind } from '../../kinds/workflow-types.ts';
import type { ChaosConsent } from '../../specs/rollouts/target.ts';
import type { Deployment, ServiceRecord } from '../state/service-record.ts';
import { requireClaimFence, requireFence } from './fencing.ts';

const keptRevisions = 10;

export function newService(
  name: { environment: string; service: string; port: number },
  fence: Fence,
): ServiceRecord {
  return {
    format: 1,
    ...name,
    fence,
    revision: 0,
    lastGeneration: 0,
    canaryWeight: 0,
    faults: {},
    kept: [],
  };
}

/** The claiming rollout. */
export interface Claimant {
  workflowId: string;
  kind: SpecKind | undefined;
  /** Absent: as it was. */
  chaos?: ChaosConsent | undefined;
}

export function planClaim(
  record: ServiceRecord,
  fence: Fence,
  { workflowId, kind, chaos }: Claimant,
): ServiceRecord {
  requireClaimFence(record.fence, fence);
  const { ownerKind: _before, ...rest } = record;
  return {
    ...{ ...rest, fence, ownerWorkflowId: workflowId },
    ...(kind && { ownerKind: kind }),
    ...(chaos && { chaos }),
  };
}

export function planServiceRelease(record: ServiceRecord, fence: Fence): ServiceRecord {
  const { ownerWorkflowId, ownerKind: _kind, ...free } = record;
  if (ownerWorkflowId === undefined || fence.rolloutId !== record.fence.rolloutId) return record;
  requireFence(record.fence, fence);
  return { ...free, fence };
}

export function planCanary(
  record: ServiceRecord,
  fence: Fence,
  { release, replicas, readiness }: CountedCanary,
  folder: string,
): ServiceRecord {
  requireFence(record.fence, fence);
  const running = record.canary;
  if (running && !isDeepStrictEqual(running.release, release)) {
    throw new PlatformError(
      'conflict',
      `a canary of another release (${running.release.version}) exists; remove it first`,
    );
  }
  const generation = running?.generation ?? record.lastGeneration + 1;
  const canary: Deployment = {
    generation,
    release,
    wanted: replicas,
    readiness,
    folder: running?.folder ?? folder,
  };
  return { ...record, fence, canary, lastGeneration: Math.max(record.lastGeneration, generation) };
}

export function planWeight(
  record: ServiceRecord,
  fence: Fence,
  weight: number,
  readyCanaries: number,
): ServiceRecord {
  requireFence(record.fence, fence);
  if (isDeepStrictEqual(record.fence, fence) && record.canaryWeight === weight) return record;
  if (weight > 0 && !record.canary) {
    throw new PlatformError('conflict', 'there is no canary to send traffic to; apply one first');
  }
  if (weight > 0 && readyCanaries === 0) {
    throw new PlatformError('unavailable', 'no replica of the canary is ready to receive traffic');
  }
  return { ...record, fence, canaryWeight: weight };
}

export function planRemoval(record: ServiceRecord, fence: Fence): ServiceRecord {
  requireFence(record.fence, fence);
  if (record.canary && record.canaryWeight > 0) {
    throw new PlatformError(
      'conflict',
      `the canary still gets ${record.canaryWeight}% of the traffic; set its weight to 0 first`,
    );
  }
  const { canary: _removed, ...rest } = record;
  return { ...rest, fence };
}

export function planPromotion(
  record: ServiceRecord,
  fence: Fence,
  readyCanaries: number,
  nowMs: number,
): ServiceRecord {
  requireFence(record.fence, fence);
  const { canary, stable, ...rest } = record;
  if (!canary && stable && record.promotedBy === fence.rolloutId) return { ...record, fence };
  if (!canary) throw new PlatformError('conflict', 'there is no canary to promote');
  if (record.canaryWeight !== 100) {
    throw new PlatformError(
      'conflict',
      `the canary gets ${record.canaryWeight}% of the traffic; only one at 100% can be promoted`,
    );
  }
  if (readyCanaries !== canary.wanted) {
    throw new PlatformError(
      'unavailable',
      `${readyCanaries} of ${canary.wanted} canary replicas are ready; all must be`,
    );
  }
  return {
    ...rest,
    fence,
    stable: canary,
    canaryWeight: 0,
    revision: record.revision + 1,
    promotedBy: fence.rolloutId,
    kept: stable ? keep(record, stable, nowMs) : record.kept,
  };
}

function keep(record: ServiceRecord, stable: Deployment, nowMs: number): ServiceRecord['kept'] {
  const { release, wanted } = stable;
  const replaced = { revision: record.revision, release, wanted, replacedAtMs: nowMs };
  return [replaced, ...record.kept].slice(0, keptRevisions);
}
