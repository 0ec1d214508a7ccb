import { setTimeout as sleep } from 'node:timers/promises';

/** Work that may take long, each under a name of its own: what is late goes on, and delays nothing else. */
export class SeparateWork {
  readonly #underWay = new Set<string>();

  /**
   * Starts it, unless it is under way. Returns false where it has not ended within so long; it goes on
   * then. What it ends with goes to `onError` if that is an error, also later.
   */
  async run(
    name: string,
    work: () => Promise<unknown>,
    { withinMs, onError }: { withinMs: number; onError: (error: unknown) => void },
  ): Promise<boolean> {
    if (this.#underWay.has(name)) return true;
    this.#underWay.add(name);
    const ended = work()
      .catch(onError)
      .then(() => this.#underWay.delete(name));
    const timer = new AbortController();
    const late = sleep(withinMs, false, { signal: timer.signal, ref: false }).catch(() => false);
    return Promise.race([ended, late]).finally(() => timer.abort());
  }
}
