import type { BackupSet } from '../../contracts/backups/backup-set.ts';

const labelPattern = /^\d{8}-\d{6}F(?:_\d{8}-\d{6}[DI])?$/;

/** Why sets must not go; empty: they may. */
export function judgeExpiry(sets: readonly BackupSet[], labels: readonly string[]): string[] {
  const going = new Set(labels);
  const staying = sets.filter(({ label }) => !going.has(label));
  const present = sets.filter(({ label }) => going.has(label));
  const refusals = labels
    .filter((label) => !labelPattern.test(label))
    .map((label) => `${JSON.stringify(label)} is not the label of a set`);
  for (const { label } of present) {
    const needing = staying.filter(({ needs }) => needs.includes(label)).map((one) => one.label);
    if (needing.length > 0) refusals.push(`${label} is needed by ${needing.join(', ')}`);
  }
  if (present.length > 0 && !staying.some(({ type }) => type === 'full')) {
    refusals.push('no full set would be left, and pgBackRest keeps the last one');
  }
  return refusals;
}
