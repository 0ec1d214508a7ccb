import type { Cache, CacheSettings } from '../../adapters/caches/cache.ts';
import { readTallies, type TalliesOfSpan } from '../../contracts/objectives/read-tallies.ts';
import type { Span } from '../../policies/objectives/tally.ts';
import { backlogMs, type ReadDays } from '../objectives/read-report.ts';

export type CachedDay = Record<string, TalliesOfSpan>;

/**
 * What past days add up to, which a page shows again and again. Each new day is the last one in and each day is shown
 * for as long as any other, so the first one in leaves first. An old answer is worth nothing here: a page that cannot
 * be built stays as it is.
 */
export const dayCache: CacheSettings<CachedDay> = {
  ...{ name: 'days', policy: 'fifo', freshMs: 3_600_000, mayBeOld: false },
  shared: { version: 1, isForm: isDay },
};

/** Days in which a monitor may still count something are read from the ledger. */
export function keepDays(cache: Cache<CachedDay>, nowMs: number): ReadDays {
  return async (store, of, { spans, exclusions, downtimes }) => {
    const found = new Map<string, TalliesOfSpan[]>(of.objectives.map(({ name }) => [name, []]));
    for (const span of spans) {
      const read = async (): Promise<CachedDay> =>
        Object.fromEntries(
          [...(await readTallies(store, of, { spans: [span], exclusions }))].flatMap(
            ([name, [day]]) => (day === undefined ? [] : [[name, day]]),
          ),
        );
      const touches = ({ fromMs, untilMs }: Span) => fromMs < span.untilMs && untilMs > span.fromMs;
      const about = {
        ...{ fromMs: span.fromMs, untilMs: span.untilMs, objectives: of.objectives },
        ...{ exclusions: exclusions.filter(touches), downtimes: downtimes.filter(touches) },
      };
      const isPast = span.untilMs + backlogMs <= nowMs;
      const { environment } = of;
      const day = isPast ? (await cache.read({ environment, about }, read)).value : await read();
      for (const [name, tallies] of Object.entries(day)) found.get(name)?.push(tallies);
    }
    return found;
  };
}

function isDay(value: unknown): value is CachedDay {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every(
      (one: unknown) => typeof one === 'object' && one !== null && 'net' in one && 'gross' in one,
    )
  );
}
