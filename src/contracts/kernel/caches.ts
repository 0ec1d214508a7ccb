/**
 * Which entry leaves a full cache first: the one that was asked for the longest ago (`lru`) or the least
 * often (`lfu`), the oldest one (`fifo`), or the one whose time is over first (`ttl`).
 */
export type CachePolicy = 'lru' | 'lfu' | 'fifo' | 'ttl';

/** What a cache was good for since its process started. */
export interface CacheReport {
  cache: string;
  policy: CachePolicy;
  /** Now, and at most. */
  entries: number;
  limit: number;
  /** Questions that this process has answered from its memory, or that waited for another one's answer. */
  hits: number;
  /** Questions that were answered by what another process has put into Redis. */
  sharedHits: number;
  /** Questions for which the source was asked. */
  misses: number;
  /** Questions that got an old answer, because the source did not answer: the first one is a miss, and those after it are hits. */
  stale: number;
}

/** The share of questions that did not reach the source; undefined where nothing was asked. */
export function hitRate({
  hits,
  sharedHits,
  misses,
}: Pick<CacheReport, 'hits' | 'sharedHits' | 'misses'>): number | undefined {
  const asked = hits + sharedHits + misses;
  return asked === 0 ? undefined : (hits + sharedHits) / asked;
}

/** An answer, and when the source gave it. */
export interface Kept<T> {
  value: T;
  atMs: number;
  /** Why the source did not answer when it was last asked. Present only on an old answer. */
  failure?: string;
}

/** Answers that the processes of one Belay share. None of these ever rejects: without an answer, the source is asked. */
export interface SharedAnswers {
  read(key: string): Promise<string | undefined>;
  write(key: string, text: string, keptMs: number): Promise<void>;
}
