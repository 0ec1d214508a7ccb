import type { Cache, CacheSettings } from '../../adapters/caches/cache.ts';
import type { ObjectiveStore } from '../../contracts/objectives/objective-store.ts';
import type { ObjectiveGauges, ShownMonitor } from './objective-gauges.ts';
import type { ReadTimes } from './read-times.ts';

/** The same for every worker, each of which is scraped: one of them reads the ledger. */
export const objectiveCache: CacheSettings<ShownMonitor[]> = {
  ...{ name: 'objectives', policy: 'ttl', freshMs: 30_000, mayBeOld: true },
  shared: { version: 1, isForm: isListOfMonitors },
};

/** Shows how objectives stand. While the ledger does not answer, what it said last is shown, and when that was. */
export function refreshObjectives(
  {
    gauges,
    readTimes,
    cache,
  }: { gauges: ObjectiveGauges; readTimes: ReadTimes; cache: Cache<ShownMonitor[]> },
  store: Pick<ObjectiveStore, 'listStates'>,
): () => Promise<void> {
  const read = async (): Promise<ShownMonitor[]> =>
    (await store.listStates()).map(({ environment, atMs, standings }) => ({
      ...{ environment, atMs },
      standings: standings.map(({ service, objective, verdict, coverage, budget }) => ({
        ...{ service, objective, verdict, coverage },
        ...(budget && { budget: { remaining: budget.remaining } }),
      })),
    }));
  return async () => {
    try {
      const { value, atMs } = await cache.read({ about: 'states' }, read);
      gauges.show(value, Date.now());
      readTimes.note('objectives', atMs);
    } catch {
      // It is read again, and the time of the last reading says how old everything is.
    }
  };
}

function isListOfMonitors(value: unknown): value is ShownMonitor[] {
  return (
    Array.isArray(value) &&
    value.every(
      (one: unknown) =>
        typeof one === 'object' && one !== null && 'environment' in one && 'standings' in one,
    )
  );
}
