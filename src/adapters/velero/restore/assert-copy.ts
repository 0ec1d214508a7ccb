import type { Assertion, AssertionResult } from '../../../contracts/backups/store.ts';
import { AgentError } from '../../../contracts/kernel/agent-host.ts';
import { judgeRestore } from '../judge/judge-restore.ts';
import { expectedOf } from '../judge/volume-data.ts';
import { backups, restores } from '../kinds.ts';
import type { BackupObject, RestoreObject } from '../objects.ts';
import { volumesOfBackup, volumesOfRestore } from '../sets/read-volumes.ts';
import type { Velero } from '../settings.ts';
import { readClaims } from './read-claims.ts';
import type { RestoreRecord } from './restore-record.ts';

const mostNamed = 5;

/** Whether a copy has what its set has: as it is now, and not as it was when it was restored. */
export async function assertVolumes(
  velero: Velero,
  record: RestoreRecord,
  assertions: readonly Assertion[],
): Promise<AssertionResult[]> {
  const others = assertions.filter(({ kind }) => kind !== 'files').map(({ kind }) => kind);
  if (others.length > 0) {
    throw new AgentError(
      'refused',
      `volumes can be asked for "files" alone, not for ${others.join(', ')}`,
    );
  }
  const answer = await judgeCopy(velero, record);
  return assertions.map(() => answer);
}

async function judgeCopy(
  velero: Velero,
  { label, name, map }: RestoreRecord,
): Promise<AssertionResult> {
  const { api, namespace } = velero;
  const [backup, restore, stored, volumes] = await Promise.all([
    api.get(backups, namespace, label) as Promise<BackupObject | undefined>,
    api.get(restores, namespace, name) as Promise<RestoreObject | undefined>,
    volumesOfBackup(velero, label),
    volumesOfRestore(velero, name),
  ]);
  const claims = backup && (expectedOf(backup) ?? []);
  const expected = `${claims?.length ?? 'the'} claims bound, with the data of ${stored.length} volumes, as in set ${label}`;
  if (claims === undefined) return answerOf(expected, [`set ${label} is gone`]);
  const status = restore?.status ?? {};
  const bound = await readClaims(velero, map, claims);
  const problems = judgeRestore({ status, volumes, stored, claims: bound });
  const bytes = volumes.reduce((sum, { bytesDone }) => sum + bytesDone, 0);
  const seen = `${bound.size} claims bound, ${volumes.length} volumes with ${bytes} bytes`;
  return answerOf(expected, problems, seen);
}

function answerOf(expected: string, problems: readonly string[], seen = ''): AssertionResult {
  const passed = problems.length === 0;
  return {
    name: 'files',
    passed,
    expected,
    seen: passed ? seen : problems.slice(0, mostNamed).join('; '),
  };
}
