import type { RetainedSet } from '../../contracts/backups/details.ts';
import type { BackupSet } from '../../contracts/backups/backup-set.ts';
import type { RetentionPlan, SetDecision } from './retention/plan-retention.ts';

/** Every set of a plan with its fate and all reasons, as a dry run prints it. */
export function describeRetention(component: string, plan: RetentionPlan): RetainedSet[] {
  const { repository, decisions } = plan;
  return decisions.map((decision) => ({
    ...{ component, repository, label: decision.judged.set.label },
    fate: decision.action === 'expire' ? 'expires' : 'kept',
    why: whyOf(decision),
  }));
}

function whyOf({ reasons, copyTo }: SetDecision): string {
  const all = reasons.map(({ text }) => text).join('; ');
  return copyTo === undefined ? all : `${all}; it is copied to ${copyTo} before`;
}

/**
 * The labels that may go, those that build on others first. What could not be copied before stays,
 * and so does what it builds on.
 */
export function expirable(
  { decisions }: RetentionPlan,
  notCopied: ReadonlySet<string>,
): BackupSet[] {
  const leaving = decisions.filter(({ action }) => action === 'expire');
  const staying = new Set(notCopied);
  for (const { judged } of leaving) {
    if (notCopied.has(judged.set.label)) judged.set.needs.forEach((label) => staying.add(label));
  }
  return leaving
    .map(({ judged }) => judged.set)
    .filter(({ label }) => !staying.has(label))
    .toReversed();
}
