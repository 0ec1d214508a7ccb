import type { Fence } from '../../contracts/kernel/fence.ts';
import { PlatformError } from '../../contracts/rollouts/platform.ts';

/** Refuses an act that arrives after a later one, or whose rollout does not own the service. */
export function requireFence(stored: Fence, given: Fence): void {
  if (given.rolloutId !== stored.rolloutId) {
    throw new PlatformError(
      'stale-fence',
      `rollout ${given.rolloutId} does not own this service: rollout ${stored.rolloutId} claimed it ` +
        `at step ${stored.step}; claim it first`,
    );
  }
  if (given.step < stored.step) throw overtaken(stored, given);
}

/** A claim passes from one rollout to another only with a higher step. */
export function requireClaimFence(stored: Fence, given: Fence): void {
  const passes =
    given.rolloutId === stored.rolloutId ? given.step >= stored.step : given.step > stored.step;
  if (!passes) throw overtaken(stored, given);
}

function overtaken(stored: Fence, given: Fence): PlatformError {
  return new PlatformError(
    'stale-fence',
    `step ${given.step} of rollout ${given.rolloutId} comes too late: ` +
      `step ${stored.step} of rollout ${stored.rolloutId} has been accepted`,
  );
}
