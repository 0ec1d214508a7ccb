import type { CatalogueEntry } from '../../contracts/backups/catalogue.ts';
import type { RestoreTarget } from '../../contracts/backups/store.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import { formatBytes } from '../../render/backups/bytes.ts';
import type { ChosenSet } from './choose-set.ts';
import type { JudgedRepository } from './judge-sets.ts';

/** What would be lost: everything since the target of a restore. */
export function describeLoss(
  { judged }: ChosenSet,
  { wal }: Pick<JudgedRepository, 'wal'>,
  { target, nowMs }: { target: RestoreTarget; nowMs: number },
): string {
  const lastArchivedMs = Math.max(0, ...(wal?.stretches ?? []).map(({ lastAtMs }) => lastAtMs));
  const untilMs =
    target.kind === 'time'
      ? target.atMs
      : target.kind === 'latest' && wal !== undefined
        ? Math.max(lastArchivedMs, judged.set.stoppedAtMs)
        : judged.set.stoppedAtMs;
  return `the last ${formatDuration(Math.max(0, nowMs - untilMs))}`;
}

/** How long the last proven restore took, and of how much. */
export function describeLastRestore(entries: readonly CatalogueEntry[]): string {
  const proven = entries.flatMap((entry) => entry.proven ?? []);
  const last = proven.toSorted((one, other) => one.atMs - other.atMs).at(-1);
  if (last === undefined) return 'nothing was restored yet, so nobody knows how long it takes';
  return `the last one took ${formatDuration(last.tookMs)} for ${formatBytes(last.bytes)}`;
}
