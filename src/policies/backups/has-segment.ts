import type { RepositoryContents, WalPosition } from '../../contracts/backups/backup-set.ts';

export function hasSegment(
  { wal = [] }: Pick<RepositoryContents, 'wal'>,
  { timeline, segment }: Pick<WalPosition, 'timeline' | 'segment'>,
): boolean {
  return wal.some(
    (range) => range.timeline === timeline && range.first <= segment && segment <= range.last,
  );
}
