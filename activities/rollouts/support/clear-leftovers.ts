import type { Fence } from '../../../src/contracts/kernel/fence.ts';
import type {
  Platform,
  ServiceRef,
  ServiceState,
} from '../../../src/contracts/rollouts/platform.ts';
import { PlatformError } from '../../../src/contracts/rollouts/platform.ts';

/**
 * Takes off a service what a rollout that never ended left on it, whichever act it died in:
 * stable has its own release again before it has the traffic, and that before the canary goes.
 * Fails as `unavailable` while stable still gets ready; the same call again carries on.
 * Answers whether there was anything: what a claim made ready for a canary went with it then.
 */
export async function clearLeftovers(
  platform: Platform,
  ref: ServiceRef,
  fence: Fence,
  found: ServiceState,
): Promise<boolean> {
  const isUpdating = found.update !== undefined && found.update.kind !== 'none';
  switch (found.update?.kind) {
    case 'promoting':
    case 'reverting':
      await platform.revertPromotion(ref, fence);
      await requireCompleteStable(platform, ref);
      await platform.settlePromotion(ref, fence);
      break;
    case 'replacing':
      await platform.restoreReplaced(ref, fence);
      await requireCompleteStable(platform, ref);
      break;
    case 'none':
    case undefined:
  }
  if (found.canary === undefined && found.canaryWeight === 0) return isUpdating;
  await platform.setWeight(ref, fence, 0);
  await platform.removeCanary(ref, fence);
  return true;
}

async function requireCompleteStable(platform: Platform, ref: ServiceRef): Promise<void> {
  const update = (await platform.readService(ref))?.update;
  if (update === undefined || update.complete) return;
  const { updated, wanted, trouble } = update;
  throw new PlatformError(
    'unavailable',
    `${updated} of ${wanted} stable replicas have their previous release back${trouble === undefined ? '' : `: ${trouble}`}`,
  );
}
