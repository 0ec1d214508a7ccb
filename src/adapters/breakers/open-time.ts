import type { IBackoff, IBackoffFactory } from 'cockatiel';

/** How long the first time; it doubles with every try that fails. */
const shortestMs = 1_000;

/**
 * How long a breaker stays open. Doubling makes nothing later than the outage itself lasted, nor
 * ever by more than `longestMs`. Goes by a clock that nobody sets, which cockatiel's does not.
 */
export class OpenTime implements IBackoffFactory<{ attempt: number }> {
  readonly #longestMs: number;
  #untilMs = -Infinity;

  constructor(longestMs: number) {
    this.#longestMs = longestMs;
  }

  next({ attempt }: { attempt: number }): IBackoff<{ attempt: number }> {
    const lastsMs = Math.min(this.#longestMs, shortestMs * 2 ** (attempt - 1));
    this.#untilMs = performance.now() + lastsMs;
    const leftMs = () => this.leftMs;
    return {
      next: (context) => this.next(context),
      // Compared with the wall clock's time since the breaker opened.
      get duration() {
        return leftMs() > 0 ? Infinity : -Infinity;
      },
    };
  }

  /** Until the next call is let through. */
  get leftMs(): number {
    return Math.max(0, this.#untilMs - performance.now());
  }

  /** The next call is let through. */
  end(): void {
    this.#untilMs = -Infinity;
  }
}
