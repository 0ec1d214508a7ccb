import type { CheckedSet } from '../../contracts/backups/details.ts';
import { shortLabel } from '../../render/backups/short-label.ts';
import { foundBy } from './found-by.ts';
import { listed } from './listed.ts';

interface Conclusion {
  outcome: 'Verified' | 'Outdated' | 'Damaged' | 'Failed';
  reason: string;
}

/** Damage first, then what could not be read, then age: `Verified` is what is left. */
export function concludeVerification(
  checks: readonly CheckedSet[],
  problems: readonly string[],
): Conclusion {
  const damaged = checks.flatMap(({ component, repository, label, check }) =>
    foundBy(check).map(
      ({ where, what }) =>
        `${shortLabel(label)} of ${component} in ${repository}: ${where}: ${what}`,
    ),
  );
  if (damaged.length > 0) return { outcome: 'Damaged', reason: listed(damaged) };
  const failed = checks.flatMap(({ label, repository, failure }) =>
    failure === undefined ? [] : [`${shortLabel(label)} of ${repository} was not read: ${failure}`],
  );
  if (failed.length > 0) return { outcome: 'Failed', reason: listed([...failed, ...problems]) };
  if (problems.length > 0) return { outcome: 'Outdated', reason: listed(problems) };
  const sets = checks.map(({ label, repository }) => `${shortLabel(label)} of ${repository}`);
  return { outcome: 'Verified', reason: `sound: ${listed(sets)}` };
}
