import type { Cache, CacheSettings } from '../../adapters/caches/cache.ts';
import type { Ledger } from '../../contracts/kernel/ledger.ts';
import { recoveryKinds } from '../../kinds/recovery.ts';
import type { PlaybookGauges } from './playbook-gauges.ts';
import type { ReadTimes } from './read-times.ts';

const { kind: rehearsal, successes } = recoveryKinds.playbookRehearsal;
const ready: readonly string[] = successes;
/** At most this many have their own series. */
const mostPlaybooks = 500;
/** A playbook that nobody has rehearsed for longer is taken as gone. */
const rememberedMs = 90 * 86_400_000;

interface ShownRehearsal {
  environment: string;
  playbook: string;
  atMs: number;
  isReady: boolean;
}

/** The same for every worker, each of which is scraped: one of them reads the ledger. */
export const playbookCache: CacheSettings<ShownRehearsal[]> = {
  ...{ name: 'playbooks', policy: 'ttl', freshMs: 60_000, mayBeOld: true },
  shared: { version: 1, isForm: isListOfRehearsals },
};

/** Shows the last rehearsals. While the ledger does not answer, what it said last is shown, and when that was. */
export function refreshPlaybooks(
  {
    gauges,
    readTimes,
    cache,
  }: { gauges: PlaybookGauges; readTimes: ReadTimes; cache: Cache<ShownRehearsal[]> },
  ledger: Pick<Ledger, 'list'>,
): () => Promise<void> {
  const read = async (): Promise<ShownRehearsal[]> => {
    const sinceMs = Date.now() - rememberedMs;
    const filter = { kinds: [rehearsal], sinceMs, each: 1, limit: mostPlaybooks };
    return (await ledger.list(filter)).map(({ subject, outcome, endedAtMs }) => ({
      ...{ environment: subject.environment, playbook: subject.name, atMs: endedAtMs },
      isReady: ready.includes(outcome),
    }));
  };
  return async () => {
    try {
      const { value, atMs } = await cache.read({ about: 'rehearsals' }, read);
      gauges.show(value);
      readTimes.note('playbooks', atMs);
    } catch {
      // It is read again, and the time of the last reading says how old everything is.
    }
  };
}

function isListOfRehearsals(value: unknown): value is ShownRehearsal[] {
  return (
    Array.isArray(value) &&
    value.every(
      (one: unknown) =>
        typeof one === 'object' && one !== null && 'playbook' in one && 'isReady' in one,
    )
  );
}
