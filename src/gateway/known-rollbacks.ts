import type { Cache, CacheSettings } from '../adapters/caches/cache.ts';
import type { Kept } from '../contracts/kernel/caches.ts';
import { parseDuration } from '../specs/kernel/duration.ts';
import type { AlertFilter, AlertLedger, AlertResponse } from '../contracts/rollouts/alerts.ts';

/** `asked`: the filter as it was written, where `since=24h` stays the same from one request to the next. */
export type ReadRollbacks = (
  asked: Readonly<Record<string, string>>,
  filter: AlertFilter,
) => Promise<Kept<AlertResponse[]>>;

/**
 * Dashboards ask for the same lists every few seconds, from each browser in which they are open, and people for
 * a list of their own once: that one leaves first.
 */
export const rollbackCache: CacheSettings<AlertResponse[]> = {
  ...{ name: 'rollbacks', policy: 'lru', freshMs: 1_000, mayBeOld: true, most: 50 },
  shared: { version: 1, isForm: isListOfResponses },
};

export function keepRollbacks(
  { list }: Pick<AlertLedger, 'list'>,
  cache: Cache<AlertResponse[]>,
): ReadRollbacks {
  return async (asked, filter) => {
    // A point in time moves on with every request of a dashboard: its answer would never be asked for again.
    const isMoving = asked['since'] !== undefined && parseDuration(asked['since']) === undefined;
    if (isMoving) return { value: await list(filter), atMs: Date.now() };
    const { environment, ...others } = asked;
    const about = Object.entries(others).sort(([one], [other]) => one.localeCompare(other));
    const question = { ...(environment !== undefined && { environment }), about };
    return cache.read(question, () => list(filter));
  };
}

function isListOfResponses(value: unknown): value is AlertResponse[] {
  return (
    Array.isArray(value) &&
    value.every(
      (one: unknown) =>
        typeof one === 'object' && one !== null && 'alertId' in one && 'decidedAtMs' in one,
    )
  );
}
