import type { Platform } from '../../contracts/rollouts/platform.ts';
import { urgently } from './urgent.ts';

/**
 * The same platform, on which every act that takes something back, and the janitor's look for what
 * is to be taken back, is made though a breaker is open.
 */
export function letUndosThrough(platform: Platform): Platform {
  return {
    ...platform,
    listOwned: () => urgently(() => platform.listOwned()),
    letGo: (ref, fence) => urgently(() => platform.letGo(ref, fence)),
    setWeight: (ref, fence, weight) =>
      weight === 0
        ? urgently(() => platform.setWeight(ref, fence, weight))
        : platform.setWeight(ref, fence, weight),
    removeCanary: (ref, fence) => urgently(() => platform.removeCanary(ref, fence)),
    revertPromotion: (ref, fence) => urgently(() => platform.revertPromotion(ref, fence)),
    settlePromotion: (ref, fence) => urgently(() => platform.settlePromotion(ref, fence)),
    restoreReplaced: (ref, fence) => urgently(() => platform.restoreReplaced(ref, fence)),
  };
}
