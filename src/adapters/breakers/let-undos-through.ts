import type { Platform } from '../../contracts/rollouts/platform.ts';
import { bypassBreaker } from './bypass-breaker.ts';

/**
 * The same platform, but undoing acts, and the janitor's reads of what is to be undone, are sent even
 * while a breaker is open.
 */
export function letUndosThrough(platform: Platform): Platform {
  return {
    ...platform,
    listOwned: () => bypassBreaker(() => platform.listOwned()),
    releaseService: (ref, fence) => bypassBreaker(() => platform.releaseService(ref, fence)),
    setWeight: (ref, fence, weight) =>
      weight === 0
        ? bypassBreaker(() => platform.setWeight(ref, fence, weight))
        : platform.setWeight(ref, fence, weight),
    removeCanary: (ref, fence) => bypassBreaker(() => platform.removeCanary(ref, fence)),
    revertPromotion: (ref, fence) => bypassBreaker(() => platform.revertPromotion(ref, fence)),
    settlePromotion: (ref, fence) => bypassBreaker(() => platform.settlePromotion(ref, fence)),
    restoreReplaced: (ref, fence) => bypassBreaker(() => platform.restoreReplaced(ref, fence)),
  };
}
