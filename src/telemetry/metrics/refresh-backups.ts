import type { Cache, CacheSettings } from '../../adapters/caches/cache.ts';
import type { Catalogue } from '../../contracts/backups/catalogue.ts';
import type { Ledger } from '../../contracts/kernel/ledger.ts';
import { judgeLateness } from '../../policies/backups/judge-lateness.ts';
import { overviewsOf, type RepositoryOverview } from '../../policies/backups/overview.ts';
import { retirementOf } from '../../policies/backups/retirement.ts';
import { carriedPlan } from '../../specs/backups/carried-plan.ts';
import { expectationsOf } from '../../specs/backups/expectations.ts';
import type { BackupGauges, PlannedLateness } from './backup-gauges.ts';
import type { ReadTimes } from './read-times.ts';

interface ShownBackups {
  overviews: readonly RepositoryOverview[];
  late: readonly PlannedLateness[];
}

/** Of each worker by itself: the catalogue has names of hosts and folders, which are nobody else's business. */
export const backupCache: CacheSettings<ShownBackups> = {
  ...{ name: 'backups', policy: 'ttl', freshMs: 60_000, mayBeOld: true },
};

/**
 * Shows what the catalogue says. While it does not answer, what it said last is shown, and when that was: a backup is
 * not there because nobody can say that it is late.
 */
export function refreshBackups(
  {
    gauges,
    readTimes,
    cache,
  }: { gauges: BackupGauges; readTimes: ReadTimes; cache: Cache<ShownBackups> },
  sources: BackupSources,
): () => Promise<void> {
  return async () => {
    try {
      const { value, atMs } = await cache.read({ about: 'catalogue' }, () =>
        readBackups(sources, Date.now()),
      );
      gauges.show(value.overviews, value.late);
      readTimes.note('backups', atMs);
    } catch {
      // It is read again, and the time of the last reading says how old everything is.
    }
  };
}

interface BackupSources {
  ledger: Ledger;
  catalogue: Catalogue;
}

async function readBackups(
  { ledger, catalogue }: BackupSources,
  nowMs: number,
): Promise<ShownBackups> {
  const [stored, known, runs, retired] = await Promise.all([
    catalogue.list({ gone: true }),
    catalogue.listRepositories(),
    ledger.list({ families: ['backups'], each: 1 }),
    catalogue.listRetired(),
  ]);
  const entries = stored.map(({ entry }) => entry);
  const overviews = overviewsOf({ entries, known, nowMs, retentionOf: () => undefined });
  const late = runs.flatMap((newestRun) => {
    const plan = carriedPlan(newestRun.spec);
    if (plan === undefined || retirementOf(plan, { retired, entries, newestRun })) return [];
    const { environment, backup } = plan;
    const own = overviews.filter((one) => one.environment === environment && one.backup === backup);
    return judgeLateness(own, expectationsOf(plan, nowMs), nowMs).map((one) => ({
      ...{ environment, backup },
      ...one,
    }));
  });
  return { overviews, late };
}
