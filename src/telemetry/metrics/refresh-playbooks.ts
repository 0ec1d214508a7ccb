import type { Ledger } from '../../contracts/kernel/ledger.ts';
import { recoveryKinds } from '../../kinds/recovery.ts';
import { atMostEvery } from './at-most-every.ts';
import type { PlaybookGauges } from './playbook-gauges.ts';
import type { ReadTimes } from './read-times.ts';

const { kind: rehearsal, successes } = recoveryKinds.playbookRehearsal;
const ready: readonly string[] = successes;
/** At most this many have their own series. */
const mostPlaybooks = 500;
/** A playbook that nobody has rehearsed for longer is taken as gone. */
const rememberedMs = 90 * 86_400_000;

/** Reads the last rehearsals from the ledger, at most once per interval. While it does not answer, what it said last is shown, and when that was. */
export function refreshPlaybooks(
  { gauges, readTimes }: { gauges: PlaybookGauges; readTimes: ReadTimes },
  ledger: Pick<Ledger, 'list'>,
  everyMs = 60_000,
): () => Promise<void> {
  return atMostEvery(everyMs, async (nowMs) => {
    try {
      const sinceMs = nowMs - rememberedMs;
      const last = await ledger.list({
        kinds: [rehearsal],
        sinceMs,
        each: 1,
        limit: mostPlaybooks,
      });
      gauges.show(
        last.map(({ subject, outcome, endedAtMs }) => ({
          ...{ environment: subject.environment, playbook: subject.name, atMs: endedAtMs },
          isReady: ready.includes(outcome),
        })),
      );
      readTimes.note('playbooks', nowMs);
    } catch {
      // It is read again, and the time of the last reading says how old everything is.
    }
  });
}
