import { TTLCache } from '@isaacs/ttlcache';
import { LRUCache } from 'lru-cache';
import { newCache } from 'transitory';
import type { CachePolicy } from '../../contracts/kernel/caches.ts';

/** The entries of one cache in this process. Each leaves when its time is over, or before if there are too many. */
export interface Memory<T> {
  get(key: string): T | undefined;
  set(key: string, value: T, keptMs: number): void;
  size(): number;
  /** Also ends its timers. */
  clear(): void;
}

interface Limits {
  entries: number;
  /** The longest time that any entry is kept. */
  keptMs: number;
}

export function openMemory<T extends object>(policy: CachePolicy, limits: Limits): Memory<T> {
  switch (policy) {
    case 'lru':
      return leastRecentlyUsed(limits);
    case 'lfu':
      return leastFrequentlyUsed(limits);
    case 'fifo':
    case 'ttl':
      return byTime(policy, limits);
  }
}

function leastRecentlyUsed<T extends object>({ entries }: Limits): Memory<T> {
  const cache = new LRUCache<string, T>({ max: entries });
  return {
    get: (key) => cache.get(key),
    set: (key, value, keptMs) => {
      cache.set(key, value, { ttl: wholeMs(keptMs) });
    },
    size: () => {
      cache.purgeStale();
      return cache.size;
    },
    clear: () => cache.clear(),
  };
}

/** W-TinyLFU: how often an entry was asked for is halved now and then, so that yesterday's favourites leave. */
function leastFrequentlyUsed<T extends object>({ entries, keptMs }: Limits): Memory<T> {
  const cache = newCache<string, T>().maxSize(entries).expireAfterWrite(wholeMs(keptMs)).build();
  return {
    get: (key) => cache.getIfPresent(key) ?? undefined,
    set: (key, value) => {
      cache.set(key, value);
      // It would bound itself some seconds later.
      if (cache.size > entries) cache.cleanUp();
    },
    size: () => {
      cache.cleanUp();
      return cache.size;
    },
    clear: () => cache.clear(),
  };
}

/**
 * `ttl`: by the time that is left of each entry, which is less for one that was in Redis for a while.
 * `fifo`: all have the same time, so that the first one in is the first one out.
 */
function byTime<T extends object>(policy: 'fifo' | 'ttl', limits: Limits): Memory<T> {
  const cache = new TTLCache<string, T>({ max: limits.entries, ttl: wholeMs(limits.keptMs) });
  return {
    get: (key) => cache.get(key),
    set: (key, value, keptMs) => {
      cache.set(key, value, { ttl: wholeMs(policy === 'fifo' ? limits.keptMs : keptMs) });
    },
    size: () => cache.size,
    clear: () => {
      cache.clear();
      cache.cancelTimer();
    },
  };
}

/** The libraries take no fraction, and 0 for no limit. */
function wholeMs(ms: number): number {
  return Math.max(1, Math.round(ms));
}
