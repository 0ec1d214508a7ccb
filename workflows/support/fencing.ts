import type { Fence } from '../../src/contracts/fence.ts';

/**
 * Hands out the fences of one rollout. The step is the workflow's clock made strictly rising, so
 * that it also rises across a reset, which forgets the steps that were handed out after it.
 */
export function createFencing(rolloutId: string): () => Fence {
  let step = 0;
  return () => {
    step = Math.max(step + 1, Date.now());
    return { rolloutId, step };
  };
}
