/** Counts the open requests of a replica, so that it is not stopped before they are done. */
export class OpenRequests {
  #count = 0;
  #whenNone: (() => void)[] = [];

  async during<T>(request: () => Promise<T>): Promise<T> {
    this.#count += 1;
    try {
      return await request();
    } finally {
      this.#count -= 1;
      if (this.#count === 0) for (const notify of this.#whenNone.splice(0)) notify();
    }
  }

  /** Resolves with the number of open requests, when there are none or after the limit. */
  async drained(limitMs: number): Promise<number> {
    if (this.#count === 0) return 0;
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, limitMs);
    });
    await Promise.race([new Promise<void>((resolve) => this.#whenNone.push(resolve)), limit]);
    clearTimeout(timer);
    return this.#count;
  }
}
