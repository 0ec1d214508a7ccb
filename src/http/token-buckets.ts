const mostKeys = 10_000;

interface Bucket {
  tokens: number;
  atMs: number;
}

/** A bucket for each key: a minute's worth at once, refilled evenly. The least used are forgotten. */
export class TokenBuckets {
  readonly #perMinute: number;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(perMinute: number, now: () => number) {
    this.#perMinute = perMinute;
    this.#now = now;
  }

  /** Zero where one was taken, else how long until there is one. */
  take(key: string): number {
    const atMs = this.#now();
    const before = this.#buckets.get(key) ?? { tokens: this.#perMinute, atMs };
    const perMs = this.#perMinute / 60_000;
    const refilled = before.tokens + Math.max(0, atMs - before.atMs) * perMs;
    const tokens = Math.min(this.#perMinute, refilled);
    const isTaken = tokens >= 1;
    this.#keep(key, { tokens: isTaken ? tokens - 1 : tokens, atMs });
    return isTaken ? 0 : (1 - tokens) / perMs;
  }

  #keep(key: string, bucket: Bucket): void {
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size <= mostKeys) return;
    const [oldest] = this.#buckets.keys();
    if (oldest !== undefined) this.#buckets.delete(oldest);
  }
}
