import type { ObjectiveStore } from '../../contracts/objectives/objective-store.ts';
import type { ObjectiveGauges } from './objective-gauges.ts';
import type { ReadTimes } from './read-times.ts';

/** Reads how objectives stand, at most once per interval. While the ledger does not answer, what it said last is shown. */
export function refreshObjectives(
  { gauges, readTimes }: { gauges: ObjectiveGauges; readTimes: ReadTimes },
  store: Pick<ObjectiveStore, 'listStates'>,
  everyMs = 30_000,
): () => Promise<void> {
  let nextMs = 0;
  return async () => {
    const nowMs = Date.now();
    if (nowMs < nextMs) return;
    nextMs = nowMs + everyMs;
    try {
      gauges.show(await store.listStates(), nowMs);
      readTimes.note('objectives', nowMs);
    } catch {
      // It is read again, and the time of the last reading says how old everything is.
    }
  };
}
