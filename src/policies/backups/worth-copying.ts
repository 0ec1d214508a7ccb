import type { BackupSet, RepositoryContents } from '../../contracts/backups/backup-set.ts';
import { planRetention, type RetentionQuestion } from './retention/plan-retention.ts';
import type { RetentionSpec } from '../../specs/backups/retention.ts';

interface AboutTarget extends Pick<RetentionQuestion, 'component' | 'nowMs'> {
  /** The repository that is copied to. */
  to: string;
  /** Absent: nothing ever expires there. */
  retention: RetentionSpec | undefined;
  contents: readonly RepositoryContents[];
  entries: NonNullable<RetentionQuestion['entries']>;
}

/** Of sets that another repository lacks: without those that its own retention would expire next. */
export function worthCopying(
  missing: readonly BackupSet[],
  { component, to, retention, contents, entries, nowMs }: AboutTarget,
): BackupSet[] {
  if (retention === undefined) return [...missing];
  const copies = new Map(missing.map((set) => [`copy of ${set.label}`, set]));
  const withCopies = contents.map((one) =>
    one.repository === to ? { ...one, sets: [...one.sets, ...copiesTo(to, copies)] } : one,
  );
  const question = { component, repository: to, retention, contents: withCopies, entries, nowMs };
  return planRetention(question).decisions.flatMap(({ action, judged }) => {
    const set = copies.get(judged.set.label);
    return set === undefined || action === 'expire' ? [] : [set];
  });
}

function copiesTo(repository: string, copies: ReadonlyMap<string, BackupSet>): BackupSet[] {
  return [...copies].map(([label, set]) => ({ ...set, repository, label, needs: [] }));
}
