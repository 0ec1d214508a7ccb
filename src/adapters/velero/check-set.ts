import type { CheckSetCall, ContentCheck, Damage } from '../../contracts/backups/store.ts';
import { AgentError } from '../../contracts/kernel/agent-host.ts';
import { judgeBackup } from './judge/judge-backup.ts';
import { describeWork, hasEnded } from './judge/judge-work.ts';
import { expectedOf } from './judge/volume-data.ts';
import { backups } from './kinds.ts';
import type { ExpectedClaim } from './names.ts';
import type { BackupObject } from './objects.ts';
import { download } from './results/download.ts';
import { readContents } from './results/read-contents.ts';
import { requireLocation } from './sets/locations.ts';
import { volumesOfBackup } from './sets/read-volumes.ts';
import type { Velero } from './settings.ts';

/**
 * Reads back what can be: what Velero says of each volume, and the archive of the objects. The data of
 * volumes is read by a restore alone, and the check says so.
 */
export async function checkSet(
  velero: Velero,
  { repository, label, extent }: Pick<CheckSetCall, 'repository' | 'label' | 'extent'>,
  cancelled: AbortSignal,
): Promise<ContentCheck> {
  const startedAtMs = Date.now();
  await requireLocation(velero, repository, 'read');
  const backup = (await velero.api.get(backups, velero.namespace, label)) as
    BackupObject | undefined;
  const check = (damage: readonly Damage[], bytesRead?: number, unread?: string): ContentCheck => ({
    ...{ label, extent, damage, startedAtMs, endedAtMs: Date.now() },
    ...(bytesRead !== undefined && { bytesRead }),
    ...(unread !== undefined && { unread }),
  });
  if (backup === undefined) return check([{ where: label, what: 'the location does not have it' }]);
  const { status = {} } = backup;
  const volumes = await volumesOfBackup(velero, label);
  if (!hasEnded(status)) throw new AgentError('refused', describeWork(label, status, volumes));
  const expected = expectedOf(backup) ?? [];
  const said = judgeBackup({ status, volumes, expected }).map((what) => ({ where: label, what }));
  const objects = await readObjects(velero, { label, expected, cancelled });
  const unread = `the data of ${volumes.length} volumes, which Velero reads only when it restores: a drill does`;
  return check([...said, ...objects.damage], objects.bytes, unread);
}

interface Archive {
  label: string;
  expected: readonly ExpectedClaim[];
  cancelled: AbortSignal;
}

async function readObjects(
  velero: Velero,
  { label, expected, cancelled }: Archive,
): Promise<{ damage: Damage[]; bytes?: number }> {
  const where = `the objects of ${label}`;
  const file = await download(velero, { kind: 'BackupContents', name: label }, cancelled);
  if ('absent' in file) return { damage: [{ where, what: file.absent }] };
  if ('unreachable' in file)
    throw new AgentError('refused', `${where} were not read: ${file.unreachable}`);
  try {
    const { bytes, names } = await readContents(file.body, cancelled);
    const missing = expected.filter(({ claim }) => !names.has(pathOf(claim)));
    const damage = missing.map(({ claim }) => ({
      where,
      what: `claim ${claim} is not among them`,
    }));
    return { damage, bytes };
  } catch (error) {
    if (cancelled.aborted) throw error;
    const what = `they cannot be unpacked: ${error instanceof Error ? error.message : String(error)}`;
    return { damage: [{ where, what }] };
  }
}

/** As Velero names it in the archive. */
function pathOf(claim: string): string {
  const [namespace = '', name = ''] = claim.split('/');
  return `resources/persistentvolumeclaims/namespaces/${namespace}/${name}.json`;
}
