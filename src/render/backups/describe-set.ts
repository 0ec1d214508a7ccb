import type { BackupSet } from '../../contracts/backups/backup-set.ts';
import type { CheckExtent, ContentCheck, RestoreTarget } from '../../contracts/backups/store.ts';
import { utcMoment } from '../kernel/moment.ts';
import { formatBytes } from './bytes.ts';
import { shortLabel } from './short-label.ts';

/** A set in one line, as evidence shows it. */
export function describeSet({ label, type, bytes, storedBytes }: BackupSet): string {
  const stored = storedBytes === undefined ? '' : ` (${formatBytes(storedBytes)} stored)`;
  return `${shortLabel(label)}, ${type}, ${formatBytes(bytes)}${stored}`;
}

export function describeCheck({ damage, extent, bytesRead, unread }: ContentCheck): string {
  const [first, ...more] = damage;
  if (first !== undefined) {
    const others = more.length === 0 ? '' : `, and ${more.length} more`;
    return `damaged: ${first.where}: ${first.what}${others}`;
  }
  const read = bytesRead === undefined ? '' : `, ${formatBytes(bytesRead)} read`;
  if (unread !== undefined) return `sound as far as it was read${read}; not read: ${unread}`;
  return `sound (${describeExtent(extent)}${read})`;
}

export function describeExtent(extent: CheckExtent): string {
  return extent.kind === 'all' ? 'all of it' : `${extent.percent} % of it`;
}

export function describeTarget(target: RestoreTarget): string {
  switch (target.kind) {
    case 'set':
      return 'the end of the set';
    case 'latest':
      return 'the newest state';
    case 'time':
      return utcMoment(target.atMs);
    case 'lsn':
      return target.exclusive ? `just before ${target.lsn}` : target.lsn;
  }
}
