/**
 * The end of a lease by two clocks, whichever says so first: one that nobody sets, and one that goes
 * on while the machine sleeps. It only ever moves away.
 */
export class Deadline {
  #monotonicMs = 0;
  #wallMs = 0;

  constructor(forMs: number) {
    this.extend(forMs);
  }

  /** From now. */
  extend(forMs: number): void {
    this.#monotonicMs = Math.max(this.#monotonicMs, performance.now() + forMs);
    this.#wallMs = Math.max(this.#wallMs, Date.now() + forMs);
  }

  get expiresAtMs(): number {
    return this.#wallMs;
  }

  get isOver(): boolean {
    return performance.now() >= this.#monotonicMs || Date.now() >= this.#wallMs;
  }
}
