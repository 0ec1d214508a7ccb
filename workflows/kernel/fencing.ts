import type { Fence } from '../../src/contracts/kernel/fence.ts';

/**
 * The fences of one rollout. The step is the workflow's clock made strictly rising, so that it
 * also rises across a reset, which discards the steps that were issued after it.
 */
export class Fencing {
  private step = 0;
  private readonly rolloutId: string;

  constructor(rolloutId: string) {
    this.rolloutId = rolloutId;
  }

  next(): Fence {
    this.step = Math.max(this.step + 1, Date.now());
    return this.last();
  }

  /** The fence issued last. */
  last(): Fence {
    return { rolloutId: this.rolloutId, step: this.step };
  }
}
