import type { BackupSet } from '../../contracts/backups/backup-set.ts';

const labelPattern = /^\d{8}-\d{6}F(?:_\d{8}-\d{6}[DI])?$/;

interface Expiry {
  sets: readonly BackupSet[];
  /** Labels of the sets that the plan made. */
  own: ReadonlySet<string>;
  labels: readonly string[];
}

/** Why sets must not go; empty: they may. */
export function judgeExpiry({ sets, own, labels }: Expiry): string[] {
  const going = new Set(labels);
  const staying = sets.filter(({ label }) => !going.has(label));
  const present = sets.filter(({ label }) => going.has(label));
  const refusals = labels
    .filter((label) => !labelPattern.test(label))
    .map((label) => `${JSON.stringify(label)} is not the label of a set`);
  for (const { label } of present) {
    if (!own.has(label)) refusals.push(`${label} was not made by this plan for this component`);
    const needing = staying.filter(({ needs }) => needs.includes(label)).map((one) => one.label);
    if (needing.length > 0) refusals.push(`${label} is needed by ${needing.join(', ')}`);
  }
  if (present.length > 0 && !staying.some(({ type }) => type === 'full')) {
    refusals.push('no full set would be left, and pgBackRest keeps the last one');
  }
  return refusals;
}

interface ExpiryOutcome {
  labels: readonly string[];
  /** Labels that the repository lists afterwards. */
  listed: readonly string[];
  /** Folders of sets that are stored afterwards. */
  stored: readonly string[];
}

/**
 * What of an expiry was not done; undefined: nothing. pgBackRest takes sets off its list before it
 * removes their files, which the storage may forbid.
 */
export function judgeExpired({ labels, listed, stored }: ExpiryOutcome): string | undefined {
  const staying = labels.filter((label) => listed.includes(label));
  const kept = labels.filter((label) => stored.includes(label) && !listed.includes(label));
  if (staying.length === 0 && kept.length === 0) return undefined;
  const gone = labels.length - staying.length - kept.length;
  return [
    `${gone} of ${labels.length} sets are gone`,
    ...(staying.length > 0 ? [`still listed: ${staying.join(', ')}`] : []),
    ...(kept.length > 0
      ? [`not listed any more, but still stored: ${kept.join(', ')} (may the agent delete there?)`]
      : []),
  ].join('; ');
}
