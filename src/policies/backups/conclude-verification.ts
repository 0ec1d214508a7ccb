import type { CheckedSet } from '../../contracts/backups/details.ts';
import { shortLabel } from '../../render/backups/short-label.ts';
import { foundBy } from './found-by.ts';
import { listed } from './listed.ts';

/** What is wrong beyond the damage of the sets that were read. */
export interface VerificationTroubles {
  /** Repositories that could not be read: nothing is known of their sets. */
  unreadable: string[];
  /** Newest sets that cannot be restored, although nothing of them is damaged. */
  unusable: string[];
  /** Repositories without a set, or with an old one. */
  outdated: string[];
  /** What a repository says of itself, such as a lock that was left: it is mentioned, whatever the outcome is. */
  remarks: string[];
}

export function noTroubles(): VerificationTroubles {
  return { unreadable: [], unusable: [], outdated: [], remarks: [] };
}

interface Conclusion {
  outcome: 'Verified' | 'Outdated' | 'Unreadable' | 'Damaged' | 'Failed';
  reason: string;
}

/**
 * Damage first, also of what the sets that were read do not need; then what could not be read, then
 * age: `Verified` is what is left.
 */
export function concludeVerification(
  checks: readonly CheckedSet[],
  parts: readonly VerificationTroubles[],
): Conclusion {
  const all = (kind: keyof VerificationTroubles) => parts.flatMap((part) => part[kind]);
  const failed = checks.flatMap(({ label, repository, failure }) =>
    failure === undefined ? [] : [`${shortLabel(label)} of ${repository} was not read: ${failure}`],
  );
  const damaged = [...checks.flatMap(damageOf), ...all('unusable'), ...damageElsewhere(checks)];
  const found: [Conclusion['outcome'], string[]][] = [
    ['Damaged', damaged],
    ['Failed', failed],
    ['Unreadable', all('unreadable')],
    ['Outdated', all('outdated')],
  ];
  const [worst] = found.find(([, reasons]) => reasons.length > 0) ?? ['Verified' as const];
  const reasons = found.flatMap(([, why]) => why);
  const sound = checks.map(
    ({ label, repository, check }) =>
      `${shortLabel(label)} of ${repository}${check?.unread === undefined ? '' : ` without ${check.unread}`}`,
  );
  const reason = worst === 'Verified' ? `sound: ${listed(sound)}` : listed(reasons);
  const remarks = all('remarks');
  return {
    outcome: worst,
    reason: remarks.length === 0 ? reason : `${reason}; ${listed(remarks)}`,
  };
}

function damageOf({ component, repository, label, check }: CheckedSet): string[] {
  return foundBy(check).map(
    ({ where, what }) => `${shortLabel(label)} of ${component} in ${repository}: ${where}: ${what}`,
  );
}

/** Every check of a repository finds it again. */
function damageElsewhere(checks: readonly CheckedSet[]): string[] {
  const found = checks.flatMap(({ repository, check }) =>
    (check?.elsewhere ?? []).map(
      ({ where, what }) => `${repository}, outside of the sets that were read: ${where}: ${what}`,
    ),
  );
  return [...new Set(found)];
}
