/**
 * The end of a lease by two clocks, whichever says so first: one that nobody sets, and one that goes
 * on while the machine sleeps. It only ever moves away, and
 * never past `atMostMs` from its beginning.
 */
export class Deadline {
  #monotonicMs = 0;
  #wallMs = 0;

  readonly #last: { monotonicMs: number; wallMs: number };

  constructor(forMs: number, atMostMs = Infinity) {
    this.#last = { monotonicMs: performance.now() + atMostMs, wallMs: Date.now() + atMostMs };
    this.extend(forMs);
  }

  /** From now. */
  extend(forMs: number): void {
    const { monotonicMs, wallMs } = this.#last;
    this.#monotonicMs = Math.min(
      monotonicMs,
      Math.max(this.#monotonicMs, performance.now() + forMs),
    );
    this.#wallMs = Math.min(wallMs, Math.max(this.#wallMs, Date.now() + forMs));
  }

  get expiresAtMs(): number {
    return this.#wallMs;
  }

  get isOver(): boolean {
    return performance.now() >= this.#monotonicMs || Date.now() >= this.#wallMs;
  }
}
