import type { Fence } from '../../src/contracts/kernel/fence.ts';
import type { ServiceState, TrackState } from '../../src/contracts/rollouts/platform.ts';
import { PlatformError } from '../../src/contracts/rollouts/platform.ts';
import type { Release } from '../../src/specs/rollouts/release.ts';

export type Service = ServiceState & {
  fence: Fence;
  /** The rollout whose promotion was the last. */
  promotedBy?: string;
  /** What stable had before the update that is under way. */
  before?: Release;
};

export function requirePromotable({ canary, canaryWeight }: Service): void {
  if (canary === undefined) throw new PlatformError('conflict', 'there is no canary to promote');
  if (canaryWeight !== 100) {
    throw new PlatformError(
      'conflict',
      `the canary gets ${canaryWeight}% of the traffic, not 100%`,
    );
  }
  if (readyOf(canary) < canary.wanted) throw notReady(canary);
}

export function readyOf({ replicas }: TrackState): number {
  return replicas.filter(({ ready }) => ready).length;
}

export function notReady(canary: TrackState): PlatformError {
  return new PlatformError(
    'unavailable',
    `${readyOf(canary)} of ${canary.wanted} canary replicas are ready`,
  );
}
