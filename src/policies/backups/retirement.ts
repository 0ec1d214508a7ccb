import type { CatalogueEntry, RetiredPlan } from '../../contracts/backups/catalogue.ts';
import { isSafetyCopy } from '../../contracts/backups/safety-copy.ts';
import type { PlanName } from '../../contracts/backups/source.ts';

interface KnownOfPlan {
  retired: readonly RetiredPlan[];
  entries: readonly CatalogueEntry[];
  /** Of any kind. */
  newestRun?: { kind: string; startedAtMs: number } | undefined;
}

/** That the plan is retired; undefined where it never was, or a backup of it was run since. */
export function retirementOf(
  { environment, backup }: PlanName,
  { retired, entries, newestRun }: KnownOfPlan,
): RetiredPlan | undefined {
  const isOf = (one: PlanName) => one.environment === environment && one.backup === backup;
  const found = retired.find(isOf);
  if (found === undefined) return undefined;
  if (newestRun?.kind === 'backup' && newestRun.startedAtMs > found.atMs) return undefined;
  const isMadeAgain = entries.some(
    (entry) => isOf(entry) && entry.set.startedAtMs > found.atMs && !isSafetyCopy(entry.set),
  );
  return isMadeAgain ? undefined : found;
}
