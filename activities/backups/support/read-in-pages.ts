import type { BackupHost } from '../../../src/contracts/backups/backup-host.ts';
import type { BackupSet, RepositoryContents } from '../../../src/contracts/backups/backup-set.ts';
import type { RepositoryPage } from '../../../src/contracts/backups/store.ts';

/** Of the sets of a page, as JSON: Temporal refuses payloads of 2 MiB. */
const mostPageBytes = 500_000;
/** Readings whose later pages are still to come. */
const mostKept = 8;

type Read = BackupHost['readRepository'];

/**
 * Hands a reading out page by page. A reading that is not kept any more is done again, and begins with
 * its first page: whoever asks sees another `readAtMs`.
 */
export function readInPages(read: Read): Read {
  const kept = new Map<string, RepositoryContents>();
  return async (call, attempt) => {
    const { plan, component, repository, page } = call;
    const key = JSON.stringify([plan, component, repository, page?.readAtMs]);
    const known = page && kept.get(key);
    const contents = known ?? (await read(call, attempt));
    const answer = pageOf(contents, known ? page.from : 0);
    kept.delete(key);
    if (answer.next !== undefined) {
      kept.set(JSON.stringify([plan, component, repository, contents.readAtMs]), contents);
      const [oldest] = kept.keys();
      if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
    }
    return answer;
  };
}

function pageOf({ sets, foreign, wal, ...rest }: RepositoryContents, from: number): RepositoryPage {
  const some = takePage(sets, from);
  const others = new Set(foreign);
  const next = from + some.length;
  return {
    ...rest,
    ...(wal !== undefined && { wal: from === 0 ? wal : [] }),
    problems: from === 0 ? rest.problems : [],
    sets: some,
    foreign: some.map(({ label }) => label).filter((label) => others.has(label)),
    ...(next < sets.length && { next }),
  };
}

/** At least one. */
function takePage(sets: readonly BackupSet[], from: number): BackupSet[] {
  const some: BackupSet[] = [];
  let bytes = 0;
  for (const set of sets.slice(from)) {
    bytes += JSON.stringify(set).length;
    if (some.length > 0 && bytes > mostPageBytes) break;
    some.push(set);
  }
  return some;
}
