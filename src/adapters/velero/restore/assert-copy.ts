import type { Assertion, AssertionResult } from '../../../contracts/backups/store.ts';
import { AgentError } from '../../../contracts/kernel/agent-host.ts';
import { judgeRestore } from '../judge/judge-restore.ts';
import { expectedOf, type VolumeData } from '../judge/volume-data.ts';
import { backups, restores } from '../kinds.ts';
import type { ExpectedClaim } from '../names.ts';
import type { BackupObject, RestoreObject } from '../objects.ts';
import { volumesOfBackup, volumesOfRestore } from '../sets/read-volumes.ts';
import type { Velero } from '../settings.ts';
import { judgeReadings } from './judge-reading.ts';
import { readByPods } from './read-by-pods.ts';
import { readClaims } from './read-claims.ts';
import type { RestoreRecord } from './restore-record.ts';

const mostNamed = 5;

interface Asked {
  record: RestoreRecord;
  assertions: readonly Assertion[];
  /** An image; absent: nobody reads the claims. */
  reader: string | undefined;
  withinMs: number;
  cancelled: AbortSignal;
}

/** Whether a copy has what its set has: as it is now, and not as it was when it was restored. */
export async function assertVolumes(velero: Velero, asked: Asked): Promise<AssertionResult[]> {
  const { assertions } = asked;
  const others = assertions.filter(({ kind }) => kind !== 'files').map(({ kind }) => kind);
  if (others.length > 0) {
    throw new AgentError(
      'refused',
      `volumes can be asked for "files" alone, not for ${others.join(', ')}`,
    );
  }
  const answer = await judgeCopy(velero, asked);
  return assertions.map(() => answer);
}

async function judgeCopy(velero: Velero, asked: Asked): Promise<AssertionResult> {
  const { api, namespace } = velero;
  const { label, name, map } = asked.record;
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
  // A claim that is not bound holds its reader up for ever.
  if (problems.length > 0) return answerOf(expected, problems);
  const read = await readContents(velero, asked, { expected: claims, stored });
  return answerOf(expected, read.problems, `${seen}, ${read.seen}`);
}

async function readContents(
  velero: Velero,
  { reader: image, record: { map }, withinMs, cancelled }: Asked,
  of: { expected: readonly ExpectedClaim[]; stored: readonly VolumeData[] },
): Promise<{ problems: string[]; seen: string }> {
  if (image === undefined) {
    return { problems: [], seen: 'not read by anybody: the agent’s settings have no reader' };
  }
  const readings = await readByPods(velero, { ...of, image, map, withinMs, cancelled });
  const { problems, bytes } = judgeReadings(readings);
  return { problems, seen: `${bytes} bytes read by a pod` };
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
