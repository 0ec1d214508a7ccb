import type { RepositoryContents } from '../../../contracts/backups/backup-set.ts';
import type { JudgedRepository, JudgedSet } from '../judge-sets.ts';
import { logOf } from '../recovery-windows.ts';
import { readWal, type Wal } from '../wal.ts';
import type { Reason } from './reasons.ts';

/** Segments of one timeline. */
interface Segments {
  timeline: number;
  first: number;
  last: number;
}

/**
 * A tool expires the log that is older than the oldest set. Where sets of another repository need
 * log that only this one has, its oldest set has to be as old.
 */
export function keepForOthers(
  own: JudgedRepository,
  ownContents: RepositoryContents,
  others: readonly { judged: JudgedRepository; contents: RepositoryContents }[],
): Map<JudgedSet, Reason> {
  const kept = new Map<JudgedSet, Reason>();
  for (const { judged, contents } of others) {
    const { wal } = judged;
    if (wal === undefined) continue;
    const theirs = archiveOf(contents);
    const ours = archiveOf(ownContents);
    for (const set of judged.sets) {
      const missing = set.standing === 'restorable' ? firstMissing(set, wal, theirs) : undefined;
      if (missing === undefined || !ours.find(missing.timeline, missing.first)) continue;
      const holder = holderOf(missing, own, wal);
      if (holder === undefined || kept.has(holder)) continue;
      const segment = wal.nameOf(missing.timeline, missing.first);
      kept.set(holder, {
        text: `holds WAL from ${segment} on, which ${set.set.label} of ${judged.repository} needs and ${judged.repository} lacks`,
      });
    }
  }
  return kept;
}

function archiveOf({ wal = [], sets }: RepositoryContents): Wal {
  return readWal(
    wal,
    sets.flatMap((set) => (set.wal === undefined ? [] : [set.wal.stop])),
  );
}

/** The first segment on the way from a set to the end of its log that their own archive lacks. */
function firstMissing(set: JudgedSet, wal: Wal, theirs: Wal): Segments | undefined {
  const start = set.set.wal?.start;
  const log = logOf(set, wal);
  if (start === undefined || log === undefined) return undefined;
  const { timeline } = log.stretch;
  const first = wal.numberOf(start.segment);
  const own = theirs.find(timeline, first);
  const missing = own === undefined ? first : own.last + 1;
  return missing <= log.stretch.last
    ? { timeline, first: missing, last: log.stretch.last }
    : undefined;
}

/** The newest set that starts before these segments. */
function holderOf(
  { timeline, first }: Segments,
  { sets }: JudgedRepository,
  wal: Wal,
): JudgedSet | undefined {
  return sets.findLast(({ standing, set }) => {
    if (standing !== 'restorable' || set.wal === undefined) return false;
    const { start } = set.wal;
    return start.timeline === timeline && wal.numberOf(start.segment) <= first;
  });
}
