import type { BackupSet, SetType, WalPosition } from '../../../contracts/backups/backup-set.ts';
import { parseLsn } from '../wal/segments.ts';
import type { Info, InfoBackup } from './info.ts';

const types: Readonly<Record<InfoBackup['type'], SetType>> = {
  full: 'full',
  diff: 'differential',
  incr: 'incremental',
};

export const annotations = {
  run: 'belay-run',
  plan: 'belay-plan',
  component: 'belay-component',
} as const;

/** Of one repository, oldest first by their position in the log: clocks go back. */
export function readSets(info: Info, { key, name }: { key: number; name: string }): BackupSet[] {
  const own = info.backups.filter(({ repository }) => repository === key);
  return own.toSorted(byPosition).map((backup) => readSet(backup, own, { repository: name, info }));
}

function readSet(
  backup: InfoBackup,
  all: readonly InfoBackup[],
  { repository, info }: { repository: string; info: Info },
): BackupSet {
  const identity = info.databases.find(
    (one) => one.repository === backup.repository && one.id === backup.database,
  )?.systemId;
  const madeBy = backup.annotation[annotations.run];
  const { archive, lsn } = backup;
  return {
    repository,
    label: backup.label,
    type: types[backup.type],
    needs: chainOf(backup, all),
    startedAtMs: backup.startedAtMs,
    stoppedAtMs: backup.stoppedAtMs,
    ...(archive.start !== '' && {
      wal: { start: position(archive.start, lsn.start), stop: position(archive.stop, lsn.stop) },
    }),
    bytes: backup.bytes,
    storedBytes: backup.storedBytes,
    ...(madeBy !== undefined && { madeBy }),
    ...(identity !== undefined && { identity }),
    ...(backup.error && {
      error:
        'pages of the database had wrong checksums when it was made: see `pgbackrest info --set`',
    }),
  };
}

function position(segment: string, lsn: string): WalPosition {
  return { timeline: Number.parseInt(segment.slice(0, 8), 16), segment, lsn };
}

/** All that its files are in, and all that those were built on. */
function chainOf(backup: InfoBackup, all: readonly InfoBackup[]): string[] {
  const labels = new Set<string>();
  const add = (one: InfoBackup) => {
    for (const label of [...one.reference, ...(one.prior === undefined ? [] : [one.prior])]) {
      if (label === backup.label || labels.has(label)) continue;
      labels.add(label);
      const found = all.find((other) => other.label === label);
      if (found) add(found);
    }
  };
  add(backup);
  const ordered = all.filter(({ label }) => labels.has(label)).toSorted(byPosition);
  const gone = [...labels].filter((label) => !ordered.some((one) => one.label === label));
  return [...gone, ...ordered.map(({ label }) => label)];
}

function byPosition(a: InfoBackup, b: InfoBackup): number {
  const [left, right] = [parseLsn(a.lsn.stop) ?? 0n, parseLsn(b.lsn.stop) ?? 0n];
  if (left !== right) return left < right ? -1 : 1;
  return a.archive.stop < b.archive.stop ? -1 : 1;
}
