import type { ObjectiveStore } from '../../contracts/objectives/objective-store.ts';
import { atMostEvery } from './at-most-every.ts';
import type { ObjectiveGauges } from './objective-gauges.ts';
import type { ReadTimes } from './read-times.ts';

/** Reads how objectives stand, at most once per interval. While the ledger does not answer, what it said last is shown. */
export function refreshObjectives(
  { gauges, readTimes }: { gauges: ObjectiveGauges; readTimes: ReadTimes },
  store: Pick<ObjectiveStore, 'listStates'>,
  everyMs = 30_000,
): () => Promise<void> {
  return atMostEvery(everyMs, async (nowMs) => {
    try {
      gauges.show(await store.listStates(), nowMs);
      readTimes.note('objectives', nowMs);
    } catch {
      // It is read again, and the time of the last reading says how old everything is.
    }
  });
}
