import type { BackupSet } from '../../../contracts/backups/backup-set.ts';
import { judgeBackup } from '../judge/judge-backup.ts';
import { describeWork, hasEnded } from '../judge/judge-work.ts';
import { expectedOf, type VolumeData } from '../judge/volume-data.ts';
import { marksOf } from '../names.ts';
import type { BackupObject } from '../objects.ts';

/** A backup of Velero as a set: what it is, and why it must not be restored. */
export function asSet(
  backup: BackupObject,
  volumes: readonly VolumeData[],
  { repository, nowMs }: { repository: string; nowMs: number },
): BackupSet {
  const { metadata, status = {} } = backup;
  const { run, source } = marksOf(backup);
  const createdAtMs = timeOf(metadata['creationTimestamp']) ?? nowMs;
  const startedAtMs = timeOf(status.startTimestamp) ?? createdAtMs;
  const error = errorOf(backup, volumes, nowMs);
  return {
    ...{ repository, label: metadata.name, type: 'full', needs: [], startedAtMs },
    stoppedAtMs: timeOf(status.completionTimestamp) ?? startedAtMs,
    bytes: volumes.reduce((sum, { bytes }) => sum + bytes, 0),
    ...storedOf(volumes),
    ...(run !== undefined && { madeBy: run }),
    ...(source !== undefined && { identity: source }),
    ...(error !== undefined && { error }),
  };
}

function errorOf(
  backup: BackupObject,
  volumes: readonly VolumeData[],
  nowMs: number,
): string | undefined {
  const { status = {} } = backup;
  if (!hasEnded(status)) return describeWork('it', status, volumes);
  const expiresAtMs = timeOf(status.expiration);
  const isOver = expiresAtMs !== undefined && expiresAtMs <= nowMs;
  const reasons = [
    ...(isOver ? [`its time was over on ${new Date(expiresAtMs).toISOString()}`] : []),
    ...judgeBackup({ status, volumes, expected: expectedOf(backup) }),
  ];
  return reasons.length === 0 ? undefined : reasons.join('; ');
}

/** Known of all volumes, or of none. */
function storedOf(volumes: readonly VolumeData[]): Pick<BackupSet, 'storedBytes'> {
  const stored = volumes.map(({ storedBytes, isEmpty }) => (isEmpty ? 0 : storedBytes));
  const known = stored.filter((bytes) => bytes !== undefined);
  if (known.length === 0 || known.length < stored.length) return {};
  return { storedBytes: known.reduce((sum, bytes) => sum + bytes, 0) };
}

function timeOf(written: unknown): number | undefined {
  const ms = typeof written === 'string' ? Date.parse(written) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}
