import type { IBackoff, IBackoffFactory } from 'cockatiel';

/** The first open time; it doubles with every failed attempt. */
const shortestMs = 1_000;

/**
 * How long a breaker stays open. Doubling never adds more delay than the outage itself lasted, and never
 * more than `longestMs`. Uses a monotonic clock; cockatiel does not.
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
