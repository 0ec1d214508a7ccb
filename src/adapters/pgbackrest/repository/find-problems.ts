import type { BackupSet } from '../../../contracts/backups/backup-set.ts';
import type { Archive } from '../wal/archive-listing.ts';
import type { Info } from './info.ts';

/** More than this of what no set needs is worth a word: some is there before every first set. */
const tolerated = { segments: 64, share: 0.25 };

interface RepositoryState {
  info: Info;
  sets: readonly BackupSet[];
  archive: Archive;
  /** Of sets, as they are stored. */
  folders: readonly string[];
}

/** What is wrong with a repository as a whole, for a person to read. */
export function findProblems({ info, sets, archive, folders }: RepositoryState): string[] {
  const labels = new Set(sets.map(({ label }) => label));
  const unfinished = info.locked ? [] : folders.filter((folder) => !labels.has(folder));
  const stored = new Set(folders);
  const gone = [...labels].filter((label) => !stored.has(label));
  return [
    ...unfinished.map(
      (folder) =>
        `${folder} is not finished: what made it was ended. The next backup uses or removes it`,
    ),
    ...gone.map((label) => `${label} is listed, but its folder is gone: somebody deleted it`),
    ...archive.duplicates.map(
      (name) => `segment ${name} is stored more than once with different content`,
    ),
    ...describeGaps(archive),
    ...describeOldLog({ sets, archive }),
    ...(info.locked ? ['another pgBackRest works on this stanza now'] : []),
  ];
}

function describeGaps({ ranges }: Archive): string[] {
  return ranges.flatMap(({ first, timeline }, index) => {
    const before = ranges[index - 1];
    if (before?.timeline !== timeline) return [];
    return [`segments are missing between ${before.last} and ${first}`];
  });
}

/** What nobody can use any more, where it is much: sets expire, and their log stays. */
function describeOldLog({ sets, archive }: Pick<RepositoryState, 'sets' | 'archive'>): string[] {
  const oldest = sets
    .flatMap(({ wal }) => (wal === undefined ? [] : [wal.start.segment]))
    .toSorted((a, b) => (a.slice(8) < b.slice(8) ? -1 : 1))[0];
  if (oldest === undefined) return [];
  const old = archive.segments.filter(({ name }) => name.slice(8) < oldest.slice(8));
  const isMuch =
    old.length > tolerated.segments && old.length > archive.segments.length * tolerated.share;
  if (!isMuch) return [];
  const bytes = old.reduce((sum, segment) => sum + segment.bytes, 0);
  return [
    `${old.length} segments (${bytes} bytes) are older than the oldest set, and no restore needs them: ` +
      'they go with the next expiry',
  ];
}
