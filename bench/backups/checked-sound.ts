import type { BackupSet } from '../../src/contracts/backups/backup-set.ts';
import type { ContentCheck } from '../../src/contracts/backups/store.ts';

/** A set of which nothing was damaged, and what a verification of all of it reported. */
export interface CheckedSound {
  label: string;
  bytes: number;
  alarms: string[];
}

export function alarmsIn(
  { label, bytes }: BackupSet,
  { damage, log = [], elsewhere = [] }: ContentCheck,
): CheckedSound {
  const all = [...damage, ...log, ...elsewhere];
  return { label, bytes, alarms: all.map(({ where, what }) => `${where}: ${what}`) };
}
