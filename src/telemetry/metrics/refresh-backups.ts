import type { Catalogue } from '../../contracts/backups/catalogue.ts';
import type { Ledger } from '../../contracts/kernel/ledger.ts';
import { judgeLateness } from '../../policies/backups/judge-lateness.ts';
import { overviewsOf } from '../../policies/backups/overview.ts';
import { retirementOf } from '../../policies/backups/retirement.ts';
import { carriedPlan } from '../../specs/backups/carried-plan.ts';
import { expectationsOf } from '../../specs/backups/expectations.ts';
import { atMostEvery } from './at-most-every.ts';
import type { BackupGauges } from './backup-gauges.ts';
import type { ReadTimes } from './read-times.ts';

/**
 * Reads the catalogue, at most once per interval. While it does not answer, what it said last is shown, and when that
 * was: a backup is not there because nobody can say that it is late.
 */
export function refreshBackups(
  { gauges, readTimes }: { gauges: BackupGauges; readTimes: ReadTimes },
  { ledger, catalogue }: { ledger: Ledger; catalogue: Catalogue },
  everyMs = 60_000,
): () => Promise<void> {
  return atMostEvery(everyMs, async (nowMs) => {
    try {
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
        const own = overviews.filter(
          (one) => one.environment === environment && one.backup === backup,
        );
        return judgeLateness(own, expectationsOf(plan, nowMs), nowMs).map((one) => ({
          ...{ environment, backup },
          ...one,
        }));
      });
      gauges.show(overviews, late);
      readTimes.note('backups', nowMs);
    } catch {
      // It is read again, and the time of the last reading says how old everything is.
    }
  });
}
