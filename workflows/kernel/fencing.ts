import type { Fence } from '../../src/contracts/kernel/fence.ts';

/**
 * The fences of one run. The step is the workflow's clock made strictly rising, so that it
 * also rises across a reset, which discards the steps that were issued after it.
 */
export class Fencing {
  #step: number;
  readonly #runRef: string;

  /** `step`: the last one that the run issued before it continued as new. */
  constructor(runRef: string, step = 0) {
    this.#runRef = runRef;
    this.#step = step;
  }

  next(): Fence {
    this.#step = Math.max(this.#step + 1, Date.now());
    return this.last();
  }

  /** The fence issued last. */
  last(): Fence {
    return { rolloutId: this.#runRef, step: this.#step };
  }
}
