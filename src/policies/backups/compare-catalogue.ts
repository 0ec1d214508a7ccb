import type { BackupSet, RepositoryContents } from '../../contracts/backups/backup-set.ts';
import type {
  CatalogueEntry,
  Difference,
  EntryChange,
  StoredEntry,
} from '../../contracts/backups/catalogue.ts';
import type { Component, PlanName } from '../../contracts/backups/source.ts';
import { utcMoment } from '../../render/kernel/moment.ts';

export interface CompareCatalogue {
  plan: PlanName;
  component: Component;
  contents: RepositoryContents;
  /** Every entry of the component in this repository, also those that are gone. */
  entries: readonly StoredEntry[];
  runRef: string;
  /** Labels that the repository has, too, and that were compared before. */
  seen?: readonly string[];
}

export interface ComparedCatalogue {
  differences: readonly Difference[];
  /** With what the catalogue agrees with the repository. */
  changes: readonly EntryChange[];
}

/** The repository is the truth, as far as this reading is newer than what is known. */
export function compareCatalogue(question: CompareCatalogue): ComparedCatalogue {
  const { contents, entries, seen = [] } = question;
  const stored = new Map(entries.map((one) => [one.entry.set.label, one]));
  const present = new Set([...seen, ...contents.sets.map(({ label }) => label)]);
  const compared = [
    ...ownSets(contents).map((set) => comparePresent(set, stored.get(set.label), question)),
    ...entries
      .filter(({ entry }) => !present.has(entry.set.label))
      .map((one) => compareAbsent(one, question)),
  ];
  return {
    differences: compared.flatMap(({ difference }) => difference ?? []),
    changes: compared.flatMap(({ change }) => change ?? []),
  };
}

function ownSets({ sets, foreign }: RepositoryContents): BackupSet[] {
  const others = new Set(foreign);
  return sets.filter(({ label, madeBy }) => madeBy !== undefined && !others.has(label));
}

interface Compared {
  difference?: Difference;
  change?: EntryChange;
}

function comparePresent(
  set: BackupSet,
  stored: StoredEntry | undefined,
  { plan, component, contents, runRef }: CompareCatalogue,
): Compared {
  const { repository, readAtMs } = contents;
  const differs = (kind: Difference['kind'], detail: string): Difference => ({
    ...{ repository, label: set.label, kind, detail },
  });
  const seen = { atMs: readAtMs, runRef };
  const fresh = { ...plan, component, set, firstSeen: seen, replicated: [] };
  const made = `was made ${utcMoment(set.startedAtMs)} by ${set.madeBy ?? 'nobody'}`;
  if (stored === undefined) {
    const difference = differs('unknown', `${made}, and was not in the catalogue`);
    return { ...(!isOf(set, runRef) && { difference }), change: { after: fresh } };
  }
  const { entry } = stored;
  const changed = changesOf(entry.set, set);
  if (changed.length > 0) {
    const difference = differs('changed', `${changed.join(', ')}: it is another set`);
    return { difference, change: { before: stored, after: fresh } };
  }
  const told = newsOf(entry, set, readAtMs);
  const isTold = told !== undefined || !isSame(entry, set, component);
  if (!isTold) {
    const isOwn = entry.firstSeen.runRef === runRef && !isOf(set, runRef);
    return isOwn ? { difference: differs('unknown', `${made}, and was not in the catalogue`) } : {};
  }
  const { missing, expired, ...known } = entry;
  const isBack = [missing, expired].every((gone) => gone === undefined || gone.atMs < readAtMs);
  const after = { ...(isBack ? known : entry), set: completed(entry.set, set), component };
  return {
    ...(told !== undefined && { difference: differs('changed', told) }),
    change: { before: stored, after },
  };
}

/** What a person wants to know of a set that is the same. */
function newsOf(entry: CatalogueEntry, set: BackupSet, readAtMs: number): string | undefined {
  const { missing, expired } = entry;
  if (missing !== undefined && missing.atMs < readAtMs) {
    return `was missing at ${utcMoment(missing.atMs)}, and is there again`;
  }
  if (expired !== undefined && expired.atMs < readAtMs) {
    return `had expired at ${utcMoment(expired.atMs)}, and is there again`;
  }
  if (set.error !== undefined && set.error !== entry.set.error) return `has failed: ${set.error}`;
  const { bytes } = entry.set;
  return bytes === set.bytes ? undefined : `had ${bytes} bytes, and has ${set.bytes}`;
}

/** What whoever made the set knew, and its repository does not keep, stays known. */
function completed(known: BackupSet, { storedBytes = known.storedBytes, ...set }: BackupSet) {
  const hasEnd = set.stoppedAtMs !== set.startedAtMs;
  return {
    ...set,
    ...(storedBytes !== undefined && { storedBytes }),
    ...(!hasEnd && { stoppedAtMs: known.stoppedAtMs }),
  };
}

/** A run that is asked again reports again what it had marked itself. */
function compareAbsent(
  stored: StoredEntry,
  { contents: { repository, readAtMs }, runRef }: CompareCatalogue,
): Compared {
  const { entry } = stored;
  const { firstSeen, expired, missing, set } = entry;
  if (expired !== undefined || firstSeen.atMs >= readAtMs) return {};
  if (missing !== undefined && missing.runRef !== runRef) return {};
  const difference: Difference = {
    ...{ repository, label: set.label, kind: 'missing' },
    detail: `was made ${utcMoment(set.startedAtMs)}, and is not in the repository any more; nobody of ours has expired it`,
  };
  if (missing !== undefined) return { difference };
  const after = { ...entry, missing: { atMs: readAtMs, runRef } };
  return { difference, change: { before: stored, after } };
}

function isOf({ madeBy }: BackupSet, runRef: string): boolean {
  return madeBy?.startsWith(`${runRef}/`) === true;
}

/** What makes a set the one it is. Not its end: some repositories keep only the beginning. */
const own = ['type', 'startedAtMs', 'madeBy', 'identity'] as const;

function changesOf(known: BackupSet, set: BackupSet): string[] {
  const changed = own
    .filter((name) => known[name] !== set[name])
    .map((name) => `${name} was ${known[name] ?? 'not known'} and is ${set[name] ?? 'not known'}`);
  const structured = (['needs', 'wal'] as const)
    .filter((name) => !isDeepEqual(known[name], set[name]))
    .map((name) => `${name} differs`);
  return [...changed, ...structured];
}

function isSame(entry: CatalogueEntry, set: BackupSet, component: Component): boolean {
  const { missing, expired } = entry;
  return (
    missing === undefined &&
    expired === undefined &&
    entry.set.error === set.error &&
    (set.storedBytes ?? entry.set.storedBytes) === entry.set.storedBytes &&
    isDeepEqual(entry.component, component)
  );
}

function isDeepEqual(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
