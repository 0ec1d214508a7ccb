import type { RepositoryContents } from '../../../contracts/backups/backup-set.ts';
import type { Component } from '../../../contracts/backups/source.ts';
import type { ColdStorageSpec } from '../../../specs/backups/retention.ts';
import type { JudgedRepository, JudgedSet } from '../judge-sets.ts';
import { keepByRules } from './keep-by-rules.ts';

export interface ColdStorage {
  /** Which sets are copied there before they expire. */
  wanted: ReadonlySet<JudgedSet>;
  repository: string;
  /** False: whether it has them is not known. */
  isRead: boolean;
}

interface FromRepository {
  component: Component;
  coldStorage: ColdStorageSpec;
  repository: string;
  others: readonly { judged: JudgedRepository; contents: RepositoryContents }[];
}

/** What cold storage would keep and does not have yet; undefined where it is of another repository. */
export function coldCopies(
  restorable: readonly JudgedSet[],
  { component, coldStorage, repository, others }: FromRepository,
): ColdStorage | undefined {
  const from = coldStorage.from ?? component.repositories[0];
  if (repository !== from) return undefined;
  const cold = others.find(({ contents }) => contents.repository === coldStorage.repository);
  const copies = (cold?.judged.sets ?? []).filter(({ standing }) => standing === 'restorable');
  const labels = new Set(copies.map(({ set }) => set.label));
  const starts = new Set(copies.map(({ set }) => set.startedAtMs));
  const missing = restorable.filter(
    ({ set, entry }) =>
      !starts.has(set.startedAtMs) &&
      !entry?.replicated.some(
        (copy) => copy.repository === coldStorage.repository && labels.has(copy.label),
      ),
  );
  const all = [...copies, ...missing].sort(
    (one, other) => one.set.startedAtMs - other.set.startedAtMs,
  );
  const kept = keepByRules(all, coldStorage.retention).filter(({ keep }) => keep.length > 0);
  const here = new Set(missing);
  return {
    wanted: new Set(kept.map(({ judged }) => judged).filter((judged) => here.has(judged))),
    repository: coldStorage.repository,
    isRead: cold !== undefined,
  };
}
