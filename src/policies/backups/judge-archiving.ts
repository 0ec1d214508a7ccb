import type { RepositoryContents } from '../../contracts/backups/backup-set.ts';
import type { SourceFacts } from '../../contracts/backups/store.ts';
import { utcMoment } from '../../render/kernel/moment.ts';

/**
 * What is wrong with the archiving of a database, by what its server says and what a repository has.
 * A server that is told that WAL was archived may be told wrong: only the repository knows.
 */
export function judgeArchiving(
  { database }: Pick<SourceFacts, 'database'>,
  { repository, wal }: Pick<RepositoryContents, 'repository' | 'wal'>,
): string[] {
  const { archiver } = database ?? {};
  if (archiver === undefined || wal === undefined) return [];
  const { lastArchived, lastArchivedAtMs = 0, lastFailed, lastFailedAtMs = 0 } = archiver;
  const failing =
    lastFailed !== undefined && lastFailedAtMs > lastArchivedAtMs
      ? [
          `archiving fails: ${lastFailed} was refused at ${utcMoment(lastFailedAtMs)}, and nothing was archived since`,
        ]
      : [];
  return [...failing, ...missingIn(repository, wal, lastArchived)];
}

function missingIn(
  repository: string,
  wal: NonNullable<RepositoryContents['wal']>,
  lastArchived: string | undefined,
): string[] {
  const segment = /^[0-9A-F]{24}/.exec(lastArchived ?? '')?.[0];
  if (segment === undefined) return [];
  const timeline = Number.parseInt(segment.slice(0, 8), 16);
  const has = wal.some(
    (range) => range.timeline === timeline && range.first <= segment && segment <= range.last,
  );
  if (has) return [];
  const last = wal.findLast((range) => range.timeline === timeline)?.last ?? 'none';
  return [
    `the server says that it archived ${segment}, and ${repository} does not have it (its last: ${last})`,
  ];
}
