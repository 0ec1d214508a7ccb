/** The fence of the last act on an object, and whether another act may follow it. */
import type { V1ObjectMeta } from '@kubernetes/client-node';
import type { Fence } from '../../../contracts/kernel/fence.ts';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import { annotations } from './names.ts';

export function formatFence({ rolloutId, step }: Fence): string {
  return `${rolloutId} ${step}`;
}

/** Undefined for an object that no act has written; anything but a fence of Belay counts as none. */
export function readFence(metadata: V1ObjectMeta | undefined): Fence | undefined {
  const [, rolloutId, step] =
    /^(\S+) (\d+)$/.exec(metadata?.annotations?.[annotations.fence] ?? '') ?? [];
  return rolloutId === undefined ? undefined : { rolloutId, step: Number(step) };
}

/**
 * Steps are comparable across the rollouts of one service, since they come from one clock: the
 * same rollout goes on with the same step or a higher one, another rollout only with a higher one.
 */
export function judgeFence(stored: Fence | undefined, mine: Fence): 'accepted' | 'stale' {
  if (stored === undefined) return 'accepted';
  const passes =
    stored.rolloutId === mine.rolloutId ? mine.step >= stored.step : mine.step > stored.step;
  return passes ? 'accepted' : 'stale';
}

/** Refuses an act if a later one has already been accepted on this object; `what` names the object. */
export function requireFence(stored: Fence | undefined, mine: Fence, what: string): void {
  if (stored === undefined || judgeFence(stored, mine) === 'accepted') return;
  throw new PlatformError(
    'stale-fence',
    `step ${mine.step} of rollout ${mine.rolloutId} comes too late on ${what}: ` +
      `step ${stored.step} of rollout ${stored.rolloutId} has been accepted`,
  );
}
