import type { CacheReport, SharedAnswers } from '../../contracts/kernel/caches.ts';
import { Cache, type CacheSettings } from './cache.ts';

export interface CachesOptions {
  /** Of each cache, at most. */
  entries: number;
  /** How long an answer is kept at most, fresh or not. */
  keptMs: number;
  /** `of`: tells this Belay from others that use the same Redis. */
  shared?: { store: SharedAnswers; of: string };
}

/** The caches of one process. */
export class Caches {
  readonly #options: CachesOptions;
  readonly #all: Pick<Cache<unknown>, 'report' | 'close'>[] = [];

  constructor(options: CachesOptions) {
    this.#options = options;
  }

  open<T>(settings: CacheSettings<T>): Cache<T> {
    const { shared, ...limits } = this.#options;
    const cache = new Cache<T>(settings, {
      ...limits,
      ...(shared && { shared: { store: shared.store, prefix: `belay:${shared.of}` } }),
    });
    this.#all.push(cache);
    return cache;
  }

  /** By name. */
  reports(): CacheReport[] {
    return this.#all
      .map((cache) => cache.report())
      .sort((one, other) => one.cache.localeCompare(other.cache));
  }

  close(): void {
    for (const cache of this.#all) cache.close();
  }
}
