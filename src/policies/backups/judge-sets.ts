import type { BackupSet, RepositoryContents } from '../../contracts/backups/backup-set.ts';
import type { CatalogueEntry } from '../../contracts/backups/catalogue.ts';
import { utcMoment } from '../../render/kernel/moment.ts';
import { compareParsed, parsePosition, readWal, type Wal } from './wal.ts';
import { isSafetyCopy } from '../../contracts/backups/safety-copy.ts';
import { standingDamage } from './standing-damage.ts';

/**
 * `restorable`: nothing is known against it. `future`: by its date it was made after now.
 * `foreign`: another plan made it, or nobody. `safety-copy`: what a restore in place replaced, which
 * is no backup of the plan, whether it can be restored or not.
 */
export type SetStanding = 'restorable' | 'unrestorable' | 'future' | 'foreign' | 'safety-copy';

/** A set of a repository, with what is known of it. */
export interface JudgedSet {
  set: BackupSet;
  /** What the catalogue knows; absent where it does not know the set. */
  entry?: CatalogueEntry;
  standing: SetStanding;
  /** Why it cannot be restored; empty where it can. */
  why: string;
}

/** One repository of one component. */
export interface JudgedRepository {
  repository: string;
  /** Oldest first: by their position in the log, which no clock can turn round, or by their start. */
  sets: readonly JudgedSet[];
  /** Absent where the source has no log. */
  wal?: Wal;
}

/** Of one component; entries of other components or repositories are ignored by their label. */
export interface JudgeSets {
  contents: RepositoryContents;
  /** Of this component. */
  entries: readonly CatalogueEntry[];
  /** Of the same component: a restore takes WAL from wherever it is. */
  others?: readonly RepositoryContents[];
  nowMs: number;
}

/** How far the clock of a source may be ahead of ours. */
const clockToleranceMs = 300_000;

/** What may be restored: missing, damaged, failed and incomplete sets never count. */
export function judgeSets({ contents, entries, others = [], nowMs }: JudgeSets): JudgedRepository {
  const { repository, foreign } = contents;
  const known = new Map<string, CatalogueEntry>();
  for (const entry of entries) {
    if (entry.set.repository === repository) known.set(entry.set.label, entry);
  }
  const wal = walOf(contents, others);
  const foreigners = new Set(foreign);
  const labels = new Set<string>();
  const faults = new Map<string, string>();
  for (const set of contents.sets) {
    labels.add(set.label);
    const fault = faultOfContent(set, known.get(set.label));
    if (fault !== undefined) faults.set(set.label, fault);
  }
  const faultOf = (label: string) => (labels.has(label) ? faults.get(label) : 'is missing');

  const judge = (set: BackupSet): JudgedSet => {
    const entry = known.get(set.label);
    if (foreigners.has(set.label) || set.madeBy === undefined) {
      return judgedAs({ set, entry }, 'foreign', 'is not of this plan');
    }
    if (set.startedAtMs > nowMs + clockToleranceMs) {
      return judgedAs(
        { set, entry },
        'future',
        `is dated ${utcMoment(set.startedAtMs)}, which is in the future`,
      );
    }
    const why =
      faults.get(set.label) ?? faultOfNeeds(set, repository, faultOf) ?? faultOfLog(set, wal);
    if (isSafetyCopy(set)) return judgedAs({ set, entry }, 'safety-copy', why ?? '');
    return judgedAs({ set, entry }, why === undefined ? 'restorable' : 'unrestorable', why ?? '');
  };
  const sets = inOrder(contents.sets).map(judge);
  return { repository, sets, ...(wal && { wal }) };
}

function judgedAs(
  { set, entry }: { set: BackupSet; entry: CatalogueEntry | undefined },
  standing: SetStanding,
  why: string,
): JudgedSet {
  return entry ? { set, entry, standing, why } : { set, standing, why };
}

/** All repositories of a component, each with the log of the others. */
export function judgeEach({
  contents,
  ...known
}: Omit<JudgeSets, 'contents' | 'others'> & {
  contents: readonly RepositoryContents[];
}): Map<RepositoryContents, JudgedRepository> {
  return new Map(
    contents.map((one) => {
      const others = contents.filter((each) => each !== one);
      return [one, judgeSets({ ...known, contents: one, others })];
    }),
  );
}

/** Oldest first. */
function inOrder(sets: readonly BackupSet[]): BackupSet[] {
  const placed = sets.map((set) => ({ set, at: set.wal && parsePosition(set.wal.stop) }));
  placed.sort(({ set: one, at }, { set: other, at: otherAt }) => {
    const byPosition = at && otherAt ? compareParsed(at, otherAt) : 0;
    return byPosition || one.startedAtMs - other.startedAtMs || (one.label < other.label ? -1 : 1);
  });
  return placed.map(({ set }) => set);
}

function walOf(contents: RepositoryContents, others: readonly RepositoryContents[]) {
  if (contents.wal === undefined) return undefined;
  const ranges = [contents, ...others].flatMap(({ wal = [] }) => wal);
  return readWal(
    ranges,
    contents.sets.flatMap(({ wal }) => (wal === undefined ? [] : [wal.stop, wal.start])),
  );
}

function faultOfContent(set: BackupSet, entry: CatalogueEntry | undefined): string | undefined {
  if (set.error !== undefined) return `has failed: ${set.error}`;
  const damaged = entry && standingDamage(entry);
  if (damaged === undefined) return undefined;
  const [first, ...more] = damaged.damage;
  const where = first === undefined ? 'no detail' : `${first.where}: ${first.what}`;
  return `is damaged (${where}${more.length === 0 ? '' : `, and ${more.length} more`})`;
}

function faultOfNeeds(
  { needs }: BackupSet,
  repository: string,
  faultOf: (label: string) => string | undefined,
): string | undefined {
  const broken = needs.find((label) => faultOf(label) !== undefined);
  if (broken === undefined) return undefined;
  return `builds on ${broken} of ${repository}, which ${faultOf(broken) ?? ''}`;
}

/** Without the WAL from its start to its stop, a set is not consistent. */
function faultOfLog({ wal: positions }: BackupSet, wal: Wal | undefined): string | undefined {
  if (positions === undefined || wal === undefined) return undefined;
  const { start, stop } = positions;
  const stretch = wal.find(start.timeline, wal.numberOf(start.segment));
  if (stretch !== undefined && wal.numberOf(stop.segment) <= stretch.last) return undefined;
  return `lacks WAL of its own: from ${start.segment} to ${stop.segment}`;
}

/** Whether a restore that names this set may use it. */
export function canBeRestored({ standing, why }: JudgedSet): boolean {
  return standing === 'restorable' || (standing === 'safety-copy' && why === '');
}
