import type { Platform, ServiceRef } from '../../contracts/rollouts/platform.ts';

type OnOneService = Omit<Platform, 'listOwned'>;

/** Chooses the implementation of each act by the target: one Deployment, or two colours. */
export function byTarget(one: OnOneService, colours: OnOneService): OnOneService {
  const of = ({ target }: ServiceRef) =>
    target.platform === 'kubernetes' && target.colours !== undefined ? colours : one;
  return {
    readService: (ref, wanted) => of(ref).readService(ref, wanted),
    claim: (ref, fence, workflowId, kind) => of(ref).claim(ref, fence, workflowId, kind),
    releaseService: (ref, fence) => of(ref).releaseService(ref, fence),
    applyCanary: (ref, fence, canary) => of(ref).applyCanary(ref, fence, canary),
    setWeight: (ref, fence, weight) => of(ref).setWeight(ref, fence, weight),
    removeCanary: (ref, fence) => of(ref).removeCanary(ref, fence),
    promoteCanary: (ref, fence) => of(ref).promoteCanary(ref, fence),
    settlePromotion: (ref, fence) => of(ref).settlePromotion(ref, fence),
    revertPromotion: (ref, fence) => of(ref).revertPromotion(ref, fence),
    replaceStable: (ref, fence, replacement) => of(ref).replaceStable(ref, fence, replacement),
    restoreReplaced: (ref, fence) => of(ref).restoreReplaced(ref, fence),
    correctDrift: (ref, fence) => of(ref).correctDrift(ref, fence),
    readTraffic: (ref) => of(ref).readTraffic(ref),
  };
}
